/**
 * Runs a schedule of a load under test to its end, and counts how its requests ended.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadRecord, Target } from '@fleetfall/protocol/load-stdio.ts';
import type { LoadUnderTest } from './fake-fleet.ts';

export const START = {
  op: 'start',
  stream: 'orders',
  ratePerSecond: 400,
  recordBytes: 200,
  inFlightMax: 1_000,
  // Far beyond what a busy machine may hold an answer up.
  timeoutMs: 20_000,
  durationMaxMs: 1_000,
} as const;

/** Names front-ends to the load and waits until it has found so many of them ready. */
export async function connect(
  load: LoadUnderTest,
  targets: readonly Target[],
  ready = targets.length,
): Promise<void> {
  load.command({ op: 'targets', targets });
  // Windows tell how many are ready: a schedule of one request makes one.
  for (;;) {
    load.command({ ...START, stream: 'probe', ratePerSecond: 1, durationMaxMs: 1, timeoutMs: 100 });
    const { targetsReady } = await load.next('load');
    load.command({ op: 'stop' });
    await load.next('stopped');
    if (targetsReady >= ready) return;
  }
}

export function outcomesOf(records: readonly LoadRecord[], from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records.slice(from)) {
    if (record.kind !== 'load') continue;
    for (const { memberId, outcome, reason, count } of record.outcomes) {
      const key = `${memberId} ${outcome}${reason === null ? '' : ` (${reason})`}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}

/** Runs one schedule to its own end and stops it. */
export async function runSchedule(
  load: LoadUnderTest,
  changes: Partial<Record<keyof typeof START | 'balance' | 'stages', unknown>> = {},
) {
  const from = load.records.length;
  const plan = { ...START, ...changes };
  load.command(plan);
  await wait(Number(plan.durationMaxMs) + 50);
  load.command({ op: 'stop' });
  const stopped = await load.next('stopped');
  const windows = load.records.slice(from).filter((record) => record.kind === 'load');
  return { stopped, windows, outcomes: outcomesOf(load.records, from) };
}
