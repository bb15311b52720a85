/**
 * Whether the runtime `compose` can be tested here: with an engine and a compose. Without, its tests are left out and say
 * so; where `FLEETFALL_REQUIRE_DOCKER` is set, their absence is a failure.
 */
import { findCompose } from '@fleetfall/orchestrator/runtime/compose/compose-tool.ts';
import { RuntimeUnavailableError } from '@fleetfall/orchestrator/runtime/runtime.ts';
import { DOCKER_LEFT_OUT } from './runtimes.ts';

async function leftOut(): Promise<string | null> {
  if (DOCKER_LEFT_OUT !== null) return DOCKER_LEFT_OUT;
  try {
    await findCompose();
    return null;
  } catch (error) {
    if (process.env.FLEETFALL_REQUIRE_DOCKER !== undefined) throw error;
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    return error.message;
  }
}
/** Why tests of the runtime `compose` are left out; null when they run. */
export const COMPOSE_LEFT_OUT = await leftOut();
