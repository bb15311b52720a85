/**
 * What a step is given: the arm it is done in, and a signal that ends it.
 */
import type { ArmSoFar } from '@fleetfall/claims/arm-so-far.ts';
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import type { Step, StepArgs } from '@fleetfall/experiment/steps.ts';
import type { Journal } from '@fleetfall/journal/append.ts';
import type { Prediction } from '@fleetfall/journal/records.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Recorder } from '../recorder.ts';

export interface StepContext {
  readonly layout: ArmLayout;
  readonly fleet: Fleet;
  readonly record: Recorder;
  readonly journal: Pick<Journal, 'subscribe'>;
  /** What the journal has told of the arm by now. */
  readonly soFar: Pick<ArmSoFar, 'loadBeganMs' | 'isUndisturbed'>;
  /** null where the arm predicts nothing. */
  readonly prediction: Prediction | null;
  /** The sizes by which earlier arms grew, by their names. */
  readonly grownBy: ReadonlyMap<string, readonly number[]>;
  /** The sizes by which this arm grew so far; growing adds to it. */
  readonly grown: number[];
  readonly signal: AbortSignal;
}

/** Does one verb. */
export type StepRunner<Verb extends Step['verb']> = (
  context: StepContext,
  args: StepArgs<Verb>,
) => Promise<void>;
