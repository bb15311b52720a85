/**
 * How often a fleet is held: once, and again while most of what the load saw of it is void.
 */
import type { Window } from '@fleetfall/claims/load-evidence.ts';
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { expect, test, vi } from 'vitest';
import { hold } from '../src/method/hold.ts';
import { holdWatched } from '../src/method/steps/hold.ts';

/** Time goes by in no time. */
vi.mock('../src/method/hold.ts', { spy: true });

const WINDOWS_IN_A_HOLD = 2;

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

/** Holds the arm `main` under a load whose windows of these numbers are void. @returns how often. */
async function timesHeld(isVoid: (number: number) => boolean, loadOf = 'main'): Promise<number> {
  const listeners = new Set<(record: JournalRecord) => void>();
  let told = 0;
  vi.mocked(hold)
    .mockReset()
    .mockImplementation(async () => {
      for (let each = 0; each < WINDOWS_IN_A_HOLD; each += 1) {
        told += 1;
        const record = window(isVoid(told));
        for (const listener of listeners) listener({ kind: 'load', arm: loadOf, monoMs: 0, atMs: 0, record });
      }
    });
  await holdWatched(
    {
      layout: { name: 'main' } as ArmLayout,
      signal: new AbortController().signal,
      journal: {
        subscribe(listener: (record: JournalRecord) => void) {
          listeners.add(listener);
          return { [Symbol.dispose]: () => void listeners.delete(listener) };
        },
      },
    },
    1_300,
  );
  expect(listeners.size).toBe(0);
  return vi.mocked(hold).mock.calls.length;
}

test('a fleet is held once under a load that keeps its schedule', async () => {
  expect(await timesHeld(() => false)).toBe(1);
});

test('a window that was open when the hold began says nothing of it', async () => {
  expect(await timesHeld((number) => number === 1)).toBe(1);
});

test('a fleet is held again where most of what the load saw is void, until most is evidence', async () => {
  expect(await timesHeld((number) => number === 2)).toBe(2);
  expect(await timesHeld((number) => number >= 2 && number <= 3)).toBe(3);
});

test('it is not held for ever', async () => {
  expect(await timesHeld(() => true)).toBe(4);
});

test("another arm's load is not its own", async () => {
  expect(await timesHeld(() => true, 'control')).toBe(1);
});
