/**
 * What the steps of a method, and of a rollback, would do to the fleet that the arm has, gone through on paper: members
 * that there cannot be, limits that nothing boots under, growth that there is no room for. Refused before anything is
 * started, each at its place.
 */
import type { MemberTargets } from '@fleetfall/protocol/faults.ts';
import { BOOT_TASKS } from '@fleetfall/protocol/settings.ts';
import { fixedTasks } from './arm-checks.ts';
import type { Path } from './document.ts';
import { backEndName, frontEndName, METADATA_NAME } from './member-names.ts';
import { type PlacedMethod, type PlacedStep, rollbackOf, sayingOf, stepsOf } from './method-checks.ts';
import { type WalkedArm, walkMethod } from './method-walk.ts';
import { SettingsError } from './settings-error.ts';
import type { StepArgs } from './steps.ts';

/** The arm whose steps are looked at. */
export interface CheckedArm extends PlacedMethod {
  readonly fleet: WalkedArm['fleet'] & { readonly backEnds: number };
  readonly expect: WalkedArm['expect'];
}

/** @throws SettingsError at the first step that cannot be done as it is written. */
export function assertSteps(arm: CheckedArm): void {
  const placed = [...stepsOf(arm), ...rollbackOf(arm)];
  placed.forEach((each, index) => {
    const before = placed.slice(0, index);
    assertMembers(arm, each, before);
    if (each.step.verb === 'limit') assertBoots(arm, each.at, each.step.args);
    if (each.step.verb === 'grow') assertRoom(arm, each.at, each.step.args, before);
  });
}

/** Members that a step names, with the places of their names. */
function namesIn({ step, at }: PlacedStep): { readonly name: string; readonly at: Path }[] {
  const named = (targets: MemberTargets | undefined, place: Path) =>
    targets !== undefined && isNames(targets)
      ? targets.map((name, index) => ({ name, at: [...place, 'members', index] }))
      : [];
  switch (step.verb) {
    case 'kill':
    case 'pause':
      return named(step.args, [...at, step.verb]);
    case 'limit':
      return named(step.args.targets, [...at, step.verb, 'targets']);
    case 'partition':
    case 'slow':
      return [
        ...named(step.args.targets, [...at, step.verb, 'targets']),
        ...named(step.args.from, [...at, step.verb, 'from']),
      ];
    default:
      return [];
  }
}

function assertMembers({ document, fleet }: CheckedArm, each: PlacedStep, before: readonly PlacedStep[]) {
  const started = startedAtMost(fleet, before);
  const others = [
    ...Array.from({ length: fleet.backEnds }, (_, index) => backEndName(index + 1)),
    METADATA_NAME,
  ];
  const known = new Set([
    ...Array.from({ length: started }, (_, index) => frontEndName(index + 1)),
    ...others,
  ]);
  for (const { name, at } of namesIn(each)) {
    if (known.has(name)) continue;
    throw new SettingsError(
      `${sayingOf(document, at, name)}: there is no such member by then: must be one of ${frontEndName(1)} to ${frontEndName(started)}, ${others.join(', ')}`,
    );
  }
}

/** Front-ends that can have been started at most: how far growth goes until a thread is refused, only a run can tell. */
function startedAtMost(
  { frontEndsBefore, frontEndsMax }: CheckedArm['fleet'],
  before: readonly PlacedStep[],
) {
  return before.reduce((sum, { step }) => {
    if (step.verb !== 'grow') return sum;
    const { by, until } = step.args;
    return sum + (by === undefined || until !== undefined ? frontEndsMax : by);
  }, frontEndsBefore);
}

function assertBoots(
  { document, fleet }: CheckedArm,
  at: Path,
  { pidsMax, targets = {} }: StepArgs<'limit'>,
) {
  const limitsFrontEnds = isNames(targets)
    ? targets.some((name) => name.startsWith('fe-'))
    : (targets.role ?? 'front-end') === 'front-end';
  const [least, whose] = limitsFrontEnds
    ? [fixedTasks(fleet.frontEnd), 'a front-end']
    : [BOOT_TASKS, 'a member'];
  if (pidsMax >= least) return;
  throw new SettingsError(
    `${sayingOf(document, [...at, 'limit', 'pidsMax'], pidsMax)}: must be at least ${least}: ${whose} boots with so many tasks`,
  );
}

function assertRoom(arm: CheckedArm, at: Path, args: StepArgs<'grow'>, before: readonly PlacedStep[]) {
  const { by, until } = args;
  if (by === undefined || until !== undefined) return;
  const { frontEndsMax } = arm.fleet;
  const method = [{ phase: 'before', steps: before.map(({ step }) => step) }];
  const { size } = walkMethod({ ...arm, method }, new Map());
  if (size + by <= frontEndsMax) return;
  throw new SettingsError(
    `${sayingOf(arm.document, [...at, 'grow', 'by'], by)}: there are ${size} front-ends by then and fleet.frontEndsMax is ${frontEndsMax}: must be at most ${frontEndsMax - size}, or raise it (--front-ends-max)`,
  );
}

/** `Array.isArray` alone does not narrow a readonly array. */
const isNames = (targets: MemberTargets): targets is readonly string[] => Array.isArray(targets);
