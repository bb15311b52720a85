/**
 * What a method must be so that it can show what it is asked to show.
 */
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import type { ExperimentDocument } from './document.ts';
import { SettingsError } from './settings-error.ts';
import type { MethodPhase } from './steps.ts';

interface CheckedMethod {
  readonly document: ExperimentDocument;
  readonly method: readonly MethodPhase[];
  readonly expect: Expectation;
}

/**
 * @param arms the names of the experiment's arms.
 * @throws SettingsError when the method contradicts itself or what is expected.
 */
export function assertMethod({ document, method, expect }: CheckedMethod, arms: readonly string[]): void {
  const names = method.map(({ phase }) => phase);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new SettingsError(`${document.nameOf(['method'])}: two phases are named '${twice}'`);
  if (!names.includes('outage')) {
    throw new SettingsError(
      `${document.nameOf(['method'])}: must have a phase 'outage': what it holds is what an arm is judged by`,
    );
  }
  const unknown = method
    .flatMap(({ steps }) => steps)
    .find((step) => step.verb === 'grow' && step.args.as !== undefined && !arms.includes(step.args.as));
  if (unknown?.verb === 'grow') {
    throw new SettingsError(
      `${document.nameOf(['method'])}: grow as '${unknown.args.as}': must be one of ${arms.join(', ')}`,
    );
  }
  if (expect.kind === 'outage' && expect.atSize !== null && !growsUntilRefused(method)) {
    throw new SettingsError(
      `${document.nameOf(['method'])}: must grow 'until: thread-refused', or the size at which a thread is refused is not found`,
    );
  }
}

/** Whether it grows the fleet until a thread is refused. */
export const growsUntilRefused = (method: readonly MethodPhase[]): boolean =>
  method.some(({ steps }) =>
    steps.some((step) => step.verb === 'grow' && step.args.until === 'thread-refused'),
  );
