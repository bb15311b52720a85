/**
 * Which runtimes can be tested here. Without an engine the Docker tests are left out and say so; where
 * `FLEETFALL_REQUIRE_DOCKER` is set, its absence is a failure.
 */
import { findEngine } from '@fleetfall/orchestrator/runtime/docker/connect.ts';
import { askEngine } from '@fleetfall/orchestrator/runtime/docker/docker-runtime.ts';
import { chance } from './seed.ts';

async function engineAnswers(): Promise<boolean> {
  try {
    await askEngine(await findEngine(process.env));
    return true;
  } catch {
    return false;
  }
}

const required = process.env.FLEETFALL_REQUIRE_DOCKER !== undefined;
const answers = await engineAnswers();

/** Why Docker tests are left out; null when they run. */
export const DOCKER_LEFT_OUT = answers || required ? null : 'no container engine answers';

export const RUNTIMES = DOCKER_LEFT_OUT === null ? (['cgroup', 'docker'] as const) : (['cgroup'] as const);

/**
 * The runtimes for a test of what does not differ by them: one, drawn by the seed; all in the long suite, which sets
 * `FLEETFALL_TEST_RUNTIMES=all`.
 * @param test names it, so that not every test draws the same.
 */
export function drawnRuntimes(test: string): readonly (typeof RUNTIMES)[number][] {
  if (process.env.FLEETFALL_TEST_RUNTIMES === 'all') return RUNTIMES;
  const drawn = Math.floor(chance(test) * RUNTIMES.length);
  return RUNTIMES.slice(drawn, drawn + 1);
}
