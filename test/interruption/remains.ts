/**
 * What is left of one run on this host, its reaper included.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { prune } from '@fleetfall/orchestrator/runtime/prune.ts';
import { expect } from 'vitest';
import { processesTitled } from '../../packages/orchestrator/test/fixtures/processes.ts';
import { fleetfall } from '../fleetfall.ts';

/** The reaper promises a minute at the latest. */
const REAPED_WITHIN_MS = 60_000;
const LOOK_INTERVAL_MS = 100;
const SOMETHING_LEFT = 4;

export async function remainsOf(runId: string): Promise<string[]> {
  const leftovers = await prune({ check: true, environment: process.env });
  const left = leftovers.filter((each) => isOf(runId, each)).map(({ kind, name }) => `${kind} ${name}`);
  const reapers = processesTitled(`fleetfall reaper of run ${runId}`).map((title) => `process ${title}`);
  return [...left, ...reapers];
}

/** Waits until a killed run's reaper has removed everything, and itself. */
export async function expectReaped(runId: string): Promise<void> {
  const deadline = performance.now() + REAPED_WITHIN_MS;
  let left = await remainsOf(runId);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(LOOK_INTERVAL_MS);
    left = await remainsOf(runId);
  }
  expect(left, `left of run ${runId} after ${REAPED_WITHIN_MS} ms`).toEqual([]);
}

/** As a user asks: `prune --check` has nothing to say of the run. Other runs of this host are their own affair. */
export async function expectPruneCheckClean(runId: string): Promise<void> {
  const { stdout, exitCode } = await fleetfall('prune', '--check', '--json');
  const { leftovers } = JSON.parse(stdout) as { leftovers: { name: string; dead: boolean }[] };
  expect(leftovers.filter((each) => isOf(runId, each))).toEqual([]);
  expect(exitCode).toBe(leftovers.some(({ dead }) => dead) ? SOMETHING_LEFT : 0);
}

const isOf = (runId: string, { name }: { readonly name: string }): boolean =>
  name.includes(`fleetfall-${runId}-`);
