/**
 * The verbs of a method and what does each.
 */
import type { Step } from '@fleetfall/experiment/steps.ts';
import { heal, kill, limit, limitCpu, limitMemory, partition, pause, slow } from './faults.ts';
import { grow } from './grow.ts';
import { holdWatched } from './hold.ts';
import { settle } from './settle.ts';
import type { StepContext, StepRunner } from './step.ts';

const RUNNERS: { readonly [Verb in Step['verb']]: StepRunner<Verb> } = {
  grow,
  shrink: async ({ fleet }, which) => void (await fleet.shrink(which)),
  restart: ({ fleet }, which) => fleet.restart(which),
  deploy: ({ fleet }, { changes, batch }) => fleet.deploy(changes, batch),
  limit,
  kill,
  pause,
  partition,
  slow,
  'limit-memory': limitMemory,
  'limit-cpu': limitCpu,
  heal,
  settle,
  hold: holdWatched,
};

/** Does one step. */
export async function runStep(context: StepContext, step: Step): Promise<void> {
  const run = RUNNERS[step.verb] as StepRunner<never>;
  await run(context, step.args as never);
}
