/**
 * Lays a drill out on the fleet of an experiment. Whatever the cause, the same happens to see: front-ends are added, as
 * on the day, and then the fleet fails. So all start under a limit on threads that is out of reach; only where threads
 * are the cause do they come under the experiment's own before the addition.
 */
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { DrillCause } from '@fleetfall/protocol/drill.ts';
import { plannedBreakingSize } from '@fleetfall/protocol/settings.ts';
import { UNLIMITED_TASKS } from '../runtime/runtime.ts';

/** What a drill does besides its fleet. */
export interface DrillPlan {
  /** Drawn from these, as far as the host has the means. */
  readonly among: readonly DrillCause[];
  /** The limit that threads grow past where they are the cause. */
  readonly pidsMax: number;
  /** Front-ends that are added. */
  readonly added: number;
}

/** One past the first that is refused a thread, so that no front-end is spared. */
const PAST_BREAKING = 1;
/** Where threads do not grow with the fleet. */
const ADDED_OTHERWISE = 2;

/** @throws SettingsError when the experiment's fleet cannot fail by any of the causes. */
export function layOutDrill(
  layout: RunLayout,
  among: readonly DrillCause[],
): { readonly layout: RunLayout; readonly plan: DrillPlan } {
  const [main] = layout.arms;
  const { pidsMax, frontEndsBefore, frontEndsMax, frontEnd } = main.fleet;
  const breaking = plannedBreakingSize(pidsMax, frontEnd);
  const breaks = frontEndsBefore < breaking && breaking <= frontEndsMax;
  const wanted = breaks ? breaking + PAST_BREAKING : frontEndsBefore + ADDED_OTHERWISE;
  const possible = among.filter((cause) => cause !== 'threads' || breaks);
  if (possible.length === 0) {
    throw new SettingsError(
      `--blind threads: this fleet starts at ${frontEndsBefore} front-ends, may have ${frontEndsMax} and would break at ${breaking}: it must be able to grow past that`,
    );
  }
  const fleet = { ...main.fleet, pidsMax: Math.max(pidsMax, UNLIMITED_TASKS) };
  return {
    layout: { ...layout, arms: [{ ...main, fleet }] },
    plan: { among: possible, pidsMax, added: Math.min(frontEndsMax, wanted) - frontEndsBefore },
  };
}
