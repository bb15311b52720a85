/**
 * The load's windows as plots draw them: a stepped line with a gap wherever windows do not follow on one another, and
 * what a window held at a moment.
 */
import type { ArmModel } from '../model/arm-model.ts';
import { windowAt } from './reading.ts';

/** Where windows end, with a row of nothing before each that does not follow on the one before it. */
export interface Windows {
  readonly xMs: number[];
  /** A list with a value for each window, with null in the rows of nothing. */
  spread<T>(values: readonly T[]): (T | null)[];
}

/** A window that begins so much of its length after the last one's end does not follow on it. */
const APART = 0.5;

export function windowsOf({ load: { endMs, windowMs } }: ArmModel): Windows {
  const xMs: number[] = [];
  const rows: (number | null)[] = [];
  endMs.forEach((end, index) => {
    const length = windowMs[index] ?? 0;
    if (index > 0 && end - length - (endMs[index - 1] ?? 0) > APART * length) {
      xMs.push(end - length);
      rows.push(null);
    }
    xMs.push(end);
    rows.push(index);
  });
  return { xMs, spread: (values) => rows.map((row) => (row === null ? null : (values[row] ?? null))) };
}

/** A function from a moment to the value of a list of windows there. */
export function inWindow(
  arm: ArmModel,
  values: readonly (number | null)[],
  text: (value: number | null) => string,
) {
  return (atMs: number): string => {
    const index = windowAt(arm, atMs);
    return text(index === null ? null : (values[index] ?? null));
  };
}

/** A duration as it is read beside a plot. */
export const took = (ms: number | null): string =>
  ms === null ? '–' : `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;

/** The ticks of a log axis of durations. */
export const tookTick = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

/** Whole decades about the least and the most of some durations: what a log axis of them covers. */
export function decadesOf(least: number, most: number): readonly [number, number] {
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most * 1.01))];
}
