/**
 * Stretches the times of an experiment's fleet, so that a host which is slower than the one that they were chosen on
 * keeps up with them: a map that ages since nobody had a processor to build it says nothing about threads. By how much
 * is measured by whoever runs it; what it comes to is written in the fields themselves, where everybody reads them.
 */
import type { Override, Path } from './document.ts';
import type { FleetFields } from './fleet-schema.ts';
import { type ReadExperiment, validate } from './read-experiment.ts';

/** The times of a fleet that go with one another. */
const TIMES = [
  'discoveryDelayMax',
  'buildInterval',
  'shardMapMaxAge',
] as const satisfies readonly (keyof FleetFields)[];
const TIME_SCALE: Path = ['timeScale'];
const STRETCH: Path = ['stretch'];

/** Whether the stretch of an experiment is to be measured: not where a command line says its times itself. */
export function wantsStretchMeasured({ experiment, document }: ReadExperiment): boolean {
  const paths = [TIME_SCALE, ...TIMES.map((time) => ['fleet', time])];
  return experiment.stretch === 'measured' && !paths.some((path) => document.isOverridden(path));
}

/**
 * By how much its times are to be stretched.
 * @param measured where the experiment leaves it to the host; 1 or more.
 */
export function stretchOf(read: ReadExperiment, measured: number): number {
  const { stretch } = read.experiment;
  if (stretch !== 'measured') return stretch;
  return wantsStretchMeasured(read) ? measured : 1;
}

/**
 * The experiment with its times stretched, and no stretch left to be done.
 * @param measured as {@link stretchOf} takes it.
 * @throws SettingsError when a time is then beyond what is allowed.
 */
export function stretched(read: ReadExperiment, measured: number): ReadExperiment {
  const { experiment, document, size } = read;
  const factor = stretchOf(read, measured);
  const { fleet, timeScale } = experiment;
  const times = TIMES.filter((time) => timeScale === undefined || time !== 'discoveryDelayMax').map(
    (time): Override => ({
      path: ['fleet', time],
      value: `${Math.round(fleet[time] * factor)}ms`,
      saidBy: { from: ['fleet', time] },
    }),
  );
  const scale: Override[] =
    timeScale === undefined
      ? []
      : [{ path: TIME_SCALE, value: timeScale / factor, saidBy: { from: TIME_SCALE } }];
  const done: Override = { path: STRETCH, value: 1, saidBy: { from: STRETCH } };
  const changed = document.with([...(factor === 1 ? [] : [...times, ...scale]), done]);
  return { document: changed, experiment: validate(changed), size };
}
