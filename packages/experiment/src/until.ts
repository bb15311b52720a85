/**
 * Where a run ends before its method does: after a phase that was named.
 */
import type { ExperimentDocument } from './document.ts';
import type { Experiment } from './experiment-schema.ts';
import { SettingsError } from './settings-error.ts';
import type { MethodPhase } from './steps.ts';

/** The phases that every arm begins with, before its method. */
const BEGINNINGS = ['start', 'steady-state'];

/**
 * The phases of a method up to the one that a run ends with; all of them when none is named.
 * @throws SettingsError when there is no such phase.
 */
export function cutAfter(
  document: ExperimentDocument,
  method: readonly MethodPhase[],
  until: string | undefined,
): readonly MethodPhase[] {
  if (until === undefined) return method;
  if (BEGINNINGS.includes(until)) return [];
  const index = method.findIndex(({ phase }) => phase === until);
  if (index >= 0) return method.slice(0, index + 1);
  const phases = [...BEGINNINGS, ...method.map(({ phase }) => phase)];
  throw new SettingsError(`${document.nameOf(['until'])} '${until}': must be one of ${phases.join(', ')}`);
}

/**
 * Whether arms other than the experiment itself are run.
 * @param otherwise when the experiment does not say.
 * @throws SettingsError when they are asked for and the run ends before them.
 */
export function runsControls(
  document: ExperimentDocument,
  { controls, until }: Pick<Experiment, 'controls' | 'until'>,
  otherwise: boolean,
): boolean {
  if (until === undefined) return controls ?? otherwise;
  if (controls !== true) return false;
  throw new SettingsError(
    `${document.nameOf(['until'])} '${until}': ends the run before any other arm: leave the controls out`,
  );
}
