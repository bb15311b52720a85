/**
 * Goes through a method on paper: how far its fleet grows, what it starts and links on the way, and for how long it
 * is held. The size that breaks is the configuration's formula's; a run may find another.
 */
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import { type FrontEndSettings, plannedBreakingSize } from '@fleetfall/protocol/settings.ts';
import { settlingMs } from './settling.ts';
import type { MethodPhase, Step } from './steps.ts';

/** What of an arm its way depends on. */
export interface WalkedArm {
  readonly fleet: {
    readonly pidsMax: number;
    readonly frontEndsBefore: number;
    readonly frontEndsMax: number;
    readonly frontEnd: FrontEndSettings;
  };
  readonly method: readonly MethodPhase[];
  readonly expect: Expectation;
}

export interface MethodWalk {
  /** The sizes by which the fleet grows. */
  readonly grown: readonly number[];
  /** Front-ends at its end. */
  readonly size: number;
  /** The most front-ends at once. */
  readonly largest: number;
  /** Front-ends started, those that are restarted again. */
  readonly starts: number;
  /** Links opened from one front-end to another, in both directions. */
  readonly links: number;
  /** For how long the method holds its fleet, as it says. */
  readonly heldMs: number;
}

/** @param earlier the walks of the arms before this one, by their names. */
export function walkMethod(arm: WalkedArm, earlier: ReadonlyMap<string, MethodWalk>): MethodWalk {
  const { frontEndsBefore, frontEndsMax, frontEnd } = arm.fleet;
  const grown: number[] = [];
  let size = frontEndsBefore;
  let largest = size;
  let starts = size;
  let links = size * (size - 1);
  let heldMs = 0;

  function growTo(next: number): void {
    const bounded = Math.max(size, Math.min(frontEndsMax, next));
    links += bounded * (bounded - 1) - size * (size - 1);
    starts += bounded - size;
    size = bounded;
    largest = Math.max(largest, size);
    grown.push(size);
  }

  function grow(args: Extract<Step, { verb: 'grow' }>['args']): void {
    const eachMs = args.settle === undefined ? 0 : settlingMs(args.settle, frontEnd);
    const by = args.by ?? 1;
    if (args.as !== undefined) {
      for (const next of earlier.get(args.as)?.grown ?? []) growTo(next);
      heldMs += eachMs;
      return;
    }
    const until = args.until === undefined ? size + by : growthEnd(arm, args.orTo ?? 0, size);
    while (size < Math.min(until, frontEndsMax)) {
      growTo(Math.min(size + by, until));
      heldMs += eachMs;
    }
  }

  for (const step of arm.method.flatMap(({ steps }) => steps)) {
    switch (step.verb) {
      case 'grow':
        grow(step.args);
        break;
      case 'shrink':
        size = Math.max(0, size - Math.min(step.args.count ?? size, removable(step.args.cohort)));
        break;
      case 'restart':
      case 'deploy':
        starts += size;
        links += size * (size - 1);
        break;
      case 'settle':
        heldMs += settlingMs(step.args, frontEnd);
        break;
      case 'hold':
        heldMs += step.args;
    }
  }
  return { grown, size, largest, starts, links, heldMs };

  function removable(cohort: 'incumbent' | 'newcomer' | undefined): number {
    if (cohort === 'newcomer') return Math.max(0, size - frontEndsBefore);
    return cohort === 'incumbent' ? Math.min(size, frontEndsBefore) : size;
  }
}

/** Where growth ends: at the first refused thread where one is expected, else where the step says. */
function growthEnd(arm: WalkedArm, orTo: number, size: number): number {
  const { pidsMax, frontEnd } = arm.fleet;
  const breaking = plannedBreakingSize(pidsMax, frontEnd);
  const otherwise = Math.max(orTo, size + 1);
  return arm.expect.kind === 'outage' ? breaking : Math.min(breaking, otherwise);
}
