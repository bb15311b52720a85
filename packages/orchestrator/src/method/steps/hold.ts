/**
 * `hold`: the fleet is left as it is, and what the load sees of it is what it is held for. Where most windows of that
 * time are void by the load's own doing, as on a host that stood still, it is held for the same time again: a
 * measurement that failed by itself is made anew, and whatever it then shows stands.
 */
import { type Window, weighCounts } from '@fleetfall/claims/load-evidence.ts';
import { hold } from '../hold.ts';
import type { StepContext } from './step.ts';

/** A host on which a load cannot keep its schedule by then is not one to measure on; the verdict says so. */
const HELD_TIMES_MAX = 4;

export async function holdWatched(
  { layout, journal, signal }: Pick<StepContext, 'layout' | 'journal' | 'signal'>,
  durationMs: number,
): Promise<void> {
  const heard: Window[] = [];
  using _watching = journal.subscribe((record) => {
    if (record.kind === 'load' && record.arm === layout.name && record.record.kind === 'load')
      heard.push(record.record);
  });
  // The first window heard was open when the hold began.
  const isVoid = (): boolean => weighCounts(heard.slice(1), (window) => window).invalid !== null;
  for (let times = 1; ; times += 1) {
    await hold(durationMs, signal);
    if (times === HELD_TIMES_MAX || !isVoid()) return;
  }
}
