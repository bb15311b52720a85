/**
 * What several trials of an experiment came to, for people and for scripts: each with its verdict, every claim over
 * all of them with its interval.
 */
import { percent } from '@fleetfall/claims/figures.ts';
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import type { Interval } from '@fleetfall/claims/statistics/interval.ts';
import {
  type ArmOverTrials,
  type FigureOverTrials,
  overTrials,
  type TrialResult,
} from '@fleetfall/claims/statistics/over-trials.ts';
import { EXIT } from './exit-codes.ts';
import { reportPathOf, trialsPageIn } from './report-file.ts';
import type { JudgedTrial } from './trials.ts';
import { verdictJson } from './verdict-text.ts';

const NAME_WIDTH = 26;
const VERDICT_WIDTH = 13;

/** 3 when a stop condition ended one, 1 when one was not as expected, 2 when one was inconclusive, else 0. */
export function trialsExitCode(trials: readonly JudgedTrial[]): number {
  const codes = trials.map(({ verdict }) => verdict.exitCode);
  return (
    [EXIT.stopped, EXIT.notAsExpected, EXIT.inconclusive].find((code) => codes.includes(code)) ??
    EXIT.asExpected
  );
}

/** The trials for a terminal or a pipe. */
export function trialsText(trials: readonly JudgedTrial[], folder: string): string {
  const lines = [
    '',
    ...trials.map(({ number, verdict, journalPath }) => {
      const { prediction, observed, goodput } = verdict;
      const sizes = `predicted ${prediction?.size ?? 'none'}, observed ${observed.size ?? 'none'}`;
      const served = `goodput ${share(goodput.before)} / ${share(goodput.during)} / ${share(goodput.after)}`;
      return ` trial ${String(number).padStart(3)}  ${verdict.verdict.padEnd(16)} ${sizes}  ${served}  ${journalPath}`;
    }),
    ...armsOver(trials).flatMap(armLines),
    '',
    ` run     ${folder}`,
    ` report  ${trialsPageIn(folder)}`,
    '',
  ];
  return lines.join('\n');
}

/** The trials as `--json` prints them. */
export function trialsJson(trials: readonly JudgedTrial[], folder: string): object {
  const asExpected = trials.filter(({ verdict }) => verdict.exitCode === EXIT.asExpected).length;
  return {
    trials: trials.map(({ number, verdict, records, journalPath }) => ({
      number,
      ...verdictJson(verdict, records, journalPath, reportPathOf(journalPath)),
    })),
    asExpected,
    arms: armsOver(trials),
    folder,
    report: trialsPageIn(folder),
  };
}

/** The trials summed up, arm by arm. */
export function armsOver(trials: readonly JudgedTrial[]): ArmOverTrials[] {
  const seed = trials[0]?.records.find((record) => record.kind === 'run')?.seed ?? '';
  return overTrials(trials.flatMap(resultsOf), seed);
}

/** What a trial came to, arm by arm. Sizes and goodput are told of the experiment alone. */
function resultsOf({ number, verdict, records }: JudgedTrial): TrialResult[] {
  const seed = records.find((record) => record.kind === 'run')?.seed ?? '';
  return verdict.arms.map(({ arm, claims }) => ({
    trial: number,
    arm,
    seed,
    claims,
    ...(arm === 'main' ? figuresOf(verdict) : NO_FIGURES),
  }));
}

const NO_FIGURES = {
  predictedSize: null,
  observedSize: null,
  goodput: { before: null, during: null, after: null },
} as const;

function figuresOf({
  prediction,
  observed,
  goodput,
}: Verdict): Omit<TrialResult, 'trial' | 'arm' | 'seed' | 'claims'> {
  return {
    predictedSize: prediction?.size ?? null,
    observedSize: observed.size,
    goodput: {
      before: goodput.before?.fraction ?? null,
      during: goodput.during?.fraction ?? null,
      after: goodput.after?.fraction ?? null,
    },
  };
}

function armLines({ arm, trials, claims, figures }: ArmOverTrials): string[] {
  return [
    '',
    ` ${arm}, ${trials} trials`,
    ...claims.map(({ id, verdict, held, refuted, unknown, interval }) => {
      const counts = `${held} held, ${refuted} refuted, ${unknown} unknown`;
      const range = interval === null ? '' : `; rate ${percent(interval.low)} to ${percent(interval.high)}`;
      return `   ${id.padEnd(NAME_WIDTH)} ${verdict.padEnd(VERDICT_WIDTH)} ${counts}${range}`;
    }),
    ...figures.filter(({ count }) => count > 0).map(figureLine),
  ];
}

function figureLine({ name, median, count, interval }: FigureOverTrials): string {
  const range = interval === null ? '' : `, ${rounded(interval)}`;
  return `   ${name.padEnd(NAME_WIDTH)} median ${round(median ?? Number.NaN)}${range} (${count} trials)`;
}

const round = (value: number): string => String(Math.round(value * 1_000) / 1_000);
const rounded = ({ low, high }: Interval): string => `95 % interval ${round(low)} to ${round(high)}`;
const share = (goodput: Goodput | null): string => (goodput === null ? '–' : percent(goodput.fraction));
