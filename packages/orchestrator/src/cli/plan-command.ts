/**
 * `fleetfall plan`: what a run would start, where it would break by the configuration's formula, what it costs and
 * whether this host has it. Starts nothing.
 */
import { randomBytes } from 'node:crypto';
import { COST_SOURCE, costOf, type RunCost } from '@fleetfall/experiment/cost.ts';
import { layOut, type RunLayout } from '@fleetfall/experiment/layout.ts';
import { type PlannedArm, planRun, type RunPlan } from '@fleetfall/experiment/plan.ts';
import type { Check } from '../host/check.ts';
import { headroomChecks, megabytes } from '../host/headroom.ts';
import { limitsFor, needsOf } from '../host/needs.ts';
import { lookForRuntime, type RuntimeLook } from '../runtime/look.ts';
import { checksText } from './checks-text.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { type ExperimentOptions, loadExperiment } from './experiment-file.ts';
import { stretchToHost } from './stretch.ts';

const FORMULA_NOTE =
  "by the configuration's formula, ⌊(pids.max − boot − 1) ÷ threads a peer⌋ + 2; the run predicts from kernel counts instead";

/** @returns 0 when it fits, 1 when it cannot. @throws SettingsError, RuntimeUnavailableError. */
export async function planCommand(
  experiment: string,
  { json, ...options }: ExperimentOptions & { readonly json?: boolean | undefined },
  { stdout, stderr, environment, signal }: CommandContext,
): Promise<number> {
  const written = loadExperiment(experiment, options);
  const seed = randomBytes(4).toString('hex');
  // What is wrong with it is told before anything is measured.
  layOut(written, seed);
  const out = json === true ? stderr : stdout;
  const { read, stretch } = await stretchToHost(written, (line) => out.write(`${line}\n`));
  const layout = layOut(read, seed);
  const plan = planRun(layout);
  const runtime = await lookForRuntime(layout.runtime, environment);
  signal.throwIfAborted();
  const cost = costOf(plan, runtime.name);
  const checks = headroomChecks(limitsFor(runtime.engine), needsOf(plan, runtime.name));
  const fits = checks.every(({ standing }) => standing !== 'fail');
  const told = { layout, stretch, plan, runtime, cost, checks, fits };
  if (json === true) stdout.write(`${JSON.stringify(planJson(told))}\n`);
  else stdout.write(planText(told, stdout.isTTY === true));
  return fits ? EXIT.asExpected : EXIT.notAsExpected;
}

interface Told {
  readonly layout: RunLayout;
  readonly stretch: number;
  readonly plan: RunPlan;
  readonly runtime: RuntimeLook;
  readonly cost: RunCost;
  readonly checks: readonly Check[];
  readonly fits: boolean;
}

function planJson({ layout, stretch, plan, runtime, cost, checks, fits }: Told): object {
  return {
    experiment: layout.experiment,
    size: layout.size,
    expect: layout.arms[0].expect,
    runtime: { name: runtime.name, reason: runtime.reason },
    stretch,
    trials: plan.trials,
    arms: plan.arms.map(({ arm, layout: settings, members, tasksBySize, breakingSize }) => ({
      arm,
      pidsMax: settings.fleet.pidsMax,
      members,
      tasksBySize,
      breakingSize,
    })),
    breakingSizeBy: 'formula',
    cost: { ...cost, source: COST_SOURCE },
    checks,
    fits,
  };
}

function planText({ layout, plan, runtime, cost, checks, fits }: Told, coloured: boolean): string {
  const arms = plan.arms.length === 1 ? '1 arm' : `${plan.arms.length} arms, one after another`;
  return [
    `${layout.experiment}, ${layout.size}, on ${runtime.name} (${runtime.reason}): ${arms}, ${plan.trials} trial${plan.trials === 1 ? '' : 's'}`,
    '',
    ...plan.arms.flatMap((arm) => armLines(arm)),
    ` breaking size  ${FORMULA_NOTE}`,
    '',
    ` cost     about ${megabytes(cost.memoryBytes)} and ${cost.tasks} tasks at the largest, ${Math.round(cost.durationMs / 1_000)} s in all`,
    `          ${COST_SOURCE}`,
    '',
    ...checksText(checks, coloured),
    '',
    fits ? ' it fits; nothing was started' : ' it does not fit; nothing was started',
    '',
  ].join('\n');
}

function armLines({ arm, layout, members, tasksBySize, breakingSize }: PlannedArm): string[] {
  const told = members.map(({ role, atStart, atMost }) =>
    atStart === atMost ? `${atStart} ${role}` : `${atStart} → ${atMost} ${role}s`,
  );
  const sizes = tasksBySize.map(
    ({ frontEnds, tasks, constructing, refused }) =>
      `   ${String(frontEnds).padStart(4)} front-ends  ${tasks} tasks each, ${refused ? `more than ${layout.fleet.pidsMax} asked for: refused` : `${constructing} while a map is built`}`,
  );
  return [
    ` ${arm}: ${told.join(', ')}; pids.max ${layout.fleet.pidsMax}, ${breakingSize === null ? 'nothing breaks' : `breaks at ${breakingSize} front-ends`}`,
    // A control is to stay healthy: how far its largest fleet is from the limit says it all.
    ...(arm === 'main' ? sizes : sizes.slice(-1)),
    '',
  ];
}
