/**
 * How often a fleet is held: once, and again while most of what the load saw of it is void.
 */
import type { Window } from '@fleetfall/claims/load-evidence.ts';
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { expect, test, vi } from 'vitest';
import { hold } from '../src/method/hold.ts';
import type { ArmEntry } from '../src/method/recorder.ts';
import { holdWatched } from '../src/method/steps/hold.ts';

/** Time goes by in no time. */
vi.mock('../src/method/hold.ts', { spy: true });

const window = (isVoid: boolean): Window => ({
  kind: 'load',
  windowEndMs: 0,
  windowMs: 500,
  offered: 150,
  sent: 150,
  dropped: 0,
  inFlight: 0,
  outcomes: [],
  latencyMs: null,
  latenessP99Ms: isVoid ? 400 : 0,
  targetsReady: 12,
  generator: isVoid ? { verdict: 'invalid', reason: 'sent late' } : { verdict: 'valid', reason: null },
});

interface Load {
  /** Of which arm. @default 'main', the one that is held */
  readonly of?: string;
  /** Windows that it tells in each hold. @default 2 */
  readonly windows?: number;
  /** Whether it runs. @default true */
  readonly runs?: boolean;
  readonly durationMs?: number;
}

/** Holds the arm `main` under a load whose windows of these numbers are void. */
async function held(
  isVoid: (number: number) => boolean,
  { of = 'main', windows = 2, runs = true, durationMs = 1_300 }: Load = {},
): Promise<{ readonly times: number; readonly reasons: readonly string[] }> {
  const listeners = new Set<(record: JournalRecord) => void>();
  const records: ArmEntry[] = [];
  let told = 0;
  vi.mocked(hold)
    .mockReset()
    .mockImplementation(async () => {
      for (let each = 0; each < windows; each += 1) {
        told += 1;
        const record = window(isVoid(told));
        for (const listener of listeners) listener({ kind: 'load', arm: of, monoMs: 0, atMs: 0, record });
      }
    });
  await holdWatched(
    {
      layout: { name: 'main' } as ArmLayout,
      signal: new AbortController().signal,
      soFar: { loadBeganMs: runs ? 1 : undefined, isUndisturbed: true },
      record: (entry) => void records.push(entry),
      journal: {
        subscribe(listener: (record: JournalRecord) => void) {
          listeners.add(listener);
          return { [Symbol.dispose]: () => void listeners.delete(listener) };
        },
      },
    },
    durationMs,
  );
  expect(listeners.size).toBe(0);
  const reasons = records.map((record) => (record.kind === 'held-again' ? record.reason : record.kind));
  return { times: vi.mocked(hold).mock.calls.length, reasons };
}

test('a fleet is held once under a load that keeps its schedule', async () => {
  expect(await held(() => false)).toEqual({ times: 1, reasons: [] });
});

test('a window that was open when the hold began says nothing of it', async () => {
  expect(await held((number) => number === 1)).toEqual({ times: 1, reasons: [] });
});

test('a fleet is held again where most of what the load saw is void, until most is evidence, and the journal says so', async () => {
  expect(await held((number) => number === 2)).toEqual({
    times: 2,
    reasons: [expect.stringMatching(/^the load was invalid: 1 of 1 windows, .* stood still: p99 400 ms/)],
  });
  expect((await held((number) => number >= 2 && number <= 3)).times).toBe(3);
});

test('a load that told of no window of a hold that is long enough for one saw nothing', async () => {
  const unseen = { times: 4, reasons: Array(3).fill('the load told of no window') };
  expect(await held(() => false, { windows: 0 })).toEqual(unseen);
  expect(await held(() => true, { of: 'control' })).toEqual(unseen);
});

test('a fleet is held once where no load runs, or for too short a time to see anything', async () => {
  expect((await held(() => false, { windows: 0, runs: false })).times).toBe(1);
  expect((await held(() => false, { windows: 0, durationMs: 900 })).times).toBe(1);
});

test('it is held four times at most, and for no more than ten seconds longer', async () => {
  expect((await held(() => true)).times).toBe(4);
  expect((await held(() => true, { durationMs: 4_000 })).times).toBe(3);
  expect((await held(() => true, { durationMs: 20_000 })).times).toBe(1);
});
