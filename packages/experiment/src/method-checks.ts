/**
 * What a method must be so that it can show what it is asked to show: its phases, and which arm it grows as. What its
 * steps do to the fleet that it has is looked at in `step-checks.ts`.
 */
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import type { ExperimentDocument, Path } from './document.ts';
import { SettingsError } from './settings-error.ts';
import type { MethodPhase, Step } from './steps.ts';

/** A method with the place at which it was written: an arm's own, or the experiment's. */
export interface PlacedMethod {
  readonly document: ExperimentDocument;
  readonly method: readonly MethodPhase[];
  readonly at: Path;
  readonly rollback: readonly Step[];
}

/** A step with its place: `method[0].steps[1]`. */
export interface PlacedStep {
  readonly step: Step;
  readonly at: Path;
}

/**
 * @param earlier the names of the arms that are run before this one.
 * @throws SettingsError when the method contradicts itself or what is expected.
 */
export function assertMethod(placed: PlacedMethod, expect: Expectation, earlier: readonly string[]): void {
  const { document, method, at } = placed;
  const names = method.map(({ phase }) => phase);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) {
    throw new SettingsError(
      `${document.nameOf([...at, twice, 'phase'])}: two phases are named '${names[twice]}'`,
    );
  }
  if (!names.includes('outage')) {
    throw new SettingsError(
      `${document.nameOf(at)}: must have a phase 'outage': what it holds is what an arm is judged by, one that is to be healthy too`,
    );
  }
  for (const { step, at: place } of [...stepsOf(placed), ...rollbackOf(placed)]) {
    if (step.verb !== 'grow' || step.args.as === undefined || earlier.includes(step.args.as)) continue;
    const those =
      earlier.length === 0
        ? 'is for arms that are run after another, and this one is the first'
        : `must be an arm that is run before this one: ${earlier.join(', ')}`;
    throw new SettingsError(`${document.nameOf([...place, 'grow', 'as'])} '${step.args.as}': ${those}`);
  }
  if (expect.kind === 'outage' && expect.atSize !== null && !growsUntilRefused(method)) {
    throw new SettingsError(
      `${document.nameOf(at)}: must grow 'until: thread-refused', or the size at which a thread is refused is not found`,
    );
  }
}

/** The steps of all phases, in their order. */
export function stepsOf({ method, at }: Pick<PlacedMethod, 'method' | 'at'>): PlacedStep[] {
  return method.flatMap(({ steps }, phase) =>
    steps.map((step, index) => ({ step, at: [...at, phase, 'steps', index] })),
  );
}

/** The steps that are done after the method. */
export function rollbackOf({ rollback }: Pick<PlacedMethod, 'rollback'>): PlacedStep[] {
  return rollback.map((step, index) => ({ step, at: ['rollback', index] }));
}

/** A field of a step as errors begin: `mine.yaml:12:9: method[0].steps[0].limit.pidsMax 2`. */
export function sayingOf(document: ExperimentDocument, at: Path, value: unknown): string {
  return `${document.nameOf(at)} ${typeof value === 'string' ? `'${value}'` : String(value)}`;
}

/** Whether it grows the fleet until a thread is refused. */
export const growsUntilRefused = (method: readonly MethodPhase[]): boolean =>
  method.some(({ steps }) =>
    steps.some((step) => step.verb === 'grow' && step.args.until === 'thread-refused'),
  );
