/**
 * The phases of a lab's session, named by what was seen to be done to the fleet: front-ends that were never there are
 * an addition, those that come back a restart, and those that stay away a removal. What is called a removal therefore
 * waits for a moment, since a restart begins in the same way.
 */
import type { Phase } from '@fleetfall/journal/records.ts';
import type { RosterChange } from './lab-roster.ts';

/** How long a front-end is away before it counts as removed: longer than the engine takes to restart a service. */
const AWAY_MS = 3_000;

export interface LabPhases extends Disposable {
  /** The phase that goes on. */
  readonly current: Phase;
  heed(changes: readonly RosterChange[]): void;
  begin(phase: Phase): void;
}

/** @param mark writes a phase's begin or end down. */
export function makeLabPhases(mark: (phase: Phase, event: 'begin' | 'end') => void): LabPhases {
  let current: Phase = 'start';
  let away: NodeJS.Timeout | undefined;
  mark(current, 'begin');

  function begin(phase: Phase): void {
    clearTimeout(away);
    away = undefined;
    if (phase === current) return;
    mark(current, 'end');
    current = phase;
    mark(current, 'begin');
  }
  return {
    get current() {
      return current;
    },
    begin,
    heed(changes) {
      const ofFrontEnds = changes.filter(({ of }) => of.member.role === 'front-end');
      const started = ofFrontEnds.filter(({ event }) => event === 'started');
      if (started.some(({ of }) => of.starts > 1)) begin('restart');
      else if (started.length > 0) begin('addition');
      else if (ofFrontEnds.length > 0 && current !== 'removal') {
        away ??= setTimeout(() => begin('removal'), AWAY_MS);
      }
    },
    [Symbol.dispose]() {
      clearTimeout(away);
      mark(current, 'end');
    },
  };
}
