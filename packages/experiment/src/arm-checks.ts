/**
 * What an arm's fields must come to together, so that it can show what it is asked to show. Refused before anything is
 * started, naming the field, where it was said and what it may be.
 */
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import { bootTasks, CONSTRUCTION_TASKS, type FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { ExperimentDocument } from './document.ts';
import type { Experiment } from './experiment-schema.ts';
import { type LoadPlan, loadMisfit } from './load-fit.ts';
import { type WalkedArm, walkMethod } from './method-walk.ts';
import { SettingsError } from './settings-error.ts';
import type { MethodPhase } from './steps.ts';

/** Sizes at which threads are counted before the prediction. */
export const MEASURED_SIZES = 3;

/** An arm that is being laid out, with the document to point into. */
export interface Laid {
  readonly document: ExperimentDocument;
  readonly experiment: Pick<Experiment, 'fleet' | 'load' | 'timeScale'>;
  readonly method: readonly MethodPhase[];
  readonly expect: Expectation;
}

/** A field with its value, as errors begin. */
function saying({ document }: Laid, field: string, value: unknown): string {
  return `${document.nameOf(field.split('.'))} ${String(value)}`;
}

/** @throws SettingsError */
export function assertTimes(laid: Laid, { shardMapMaxAgeMs, buildIntervalMs }: FrontEndSettings): void {
  if (shardMapMaxAgeMs >= 2 * buildIntervalMs) return;
  throw new SettingsError(
    `${saying(laid, 'fleet.shardMapMaxAge', `${shardMapMaxAgeMs}ms`)}: must be at least twice --build-interval (${buildIntervalMs}ms), or maps age between two constructions`,
  );
}

/** @throws SettingsError */
export function assertLoad(laid: Laid, fleet: WalkedArm['fleet'] & LoadPlan): void {
  const { heldMs } = walkMethod({ fleet, method: laid.method, expect: laid.expect }, new Map());
  const misfit = loadMisfit(fleet.frontEnd, heldMs, fleet);
  if (misfit !== null) throw new SettingsError(`${saying(laid, misfit.field, misfit.value)}: ${misfit.must}`);
}

/** Threads that a front-end has at its boot, besides those for its peers. */
export function fixedTasks(frontEnd: FrontEndSettings): number {
  return (
    bootTasks(frontEnd.uvThreads) + (frontEnd.peerLinks === 'thread-pool' ? frontEnd.linkPoolThreads : 0)
  );
}

/** @throws SettingsError */
export function assertLimit(laid: Laid, frontEnd: FrontEndSettings, predicts: boolean): void {
  const { pidsMax } = laid.experiment.fleet;
  const fixed = fixedTasks(frontEnd);
  const perPeer = frontEnd.peerLinks === 'thread-per-peer' && predicts ? frontEnd.threadsPerPeer : 0;
  const needed = fixed + CONSTRUCTION_TASKS + perPeer * (MEASURED_SIZES - 1);
  if (pidsMax >= needed) return;
  throw new SettingsError(
    `${saying(laid, 'fleet.pidsMax', pidsMax)}: must be at least ${needed}: a front-end boots with ${fixed} tasks and needs ${CONSTRUCTION_TASKS} to construct its shard-map` +
      (perPeer === 0
        ? ''
        : `, and threads are counted at ${MEASURED_SIZES} sizes, with ${perPeer} for each peer, before anything breaks`),
  );
}

/** @throws SettingsError */
export function assertReachable(laid: Laid, breaking: number, frontEnd: FrontEndSettings): void {
  const { pidsMax, frontEndsMax } = laid.experiment.fleet;
  if (breaking === Number.POSITIVE_INFINITY) {
    throw new SettingsError(
      `${saying(laid, 'fleet.peerLinks', frontEnd.peerLinks)}: takes no thread for a peer, so growth breaks nothing: add --expect healthy to run it as a control`,
    );
  }
  if (breaking <= frontEndsMax) return;
  const highest =
    bootTasks(frontEnd.uvThreads) + CONSTRUCTION_TASKS + frontEnd.threadsPerPeer * (frontEndsMax - 1) - 1;
  throw new SettingsError(
    `${saying(laid, 'fleet.pidsMax', pidsMax)}: growth stops at ${frontEndsMax} front-ends and would first break at ${breaking}: use at most ${highest}, raise --front-ends-max, or add --expect healthy to run it as a control`,
  );
}

/** @throws SettingsError */
export function assertRoomToGrow(
  laid: Laid,
  { frontEndsBefore, breaking }: { readonly frontEndsBefore: number; readonly breaking: number },
): void {
  const { pidsMax, frontEndsMax } = laid.experiment.fleet;
  const limit = Math.min(breaking, frontEndsMax);
  if (frontEndsBefore < limit) return;
  const why =
    breaking <= frontEndsMax
      ? `a fleet under --pids-max ${pidsMax} breaks at ${breaking}`
      : `growth stops at ${frontEndsMax}`;
  throw new SettingsError(
    `${saying(laid, 'fleet.frontEnds', frontEndsBefore)}: ${why}: use at most ${limit - 1}, so that there is room to grow`,
  );
}
