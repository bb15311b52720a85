/**
 * `fleetfall compare`: two runs, or two folders of trials, side by side, and whether anything got worse. What is
 * compared and by what rule is decided in `claims/compare`; here journals are found and the comparison is told.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { BaselineDifference } from '@fleetfall/claims/compare/baseline.ts';
import { type Comparison, compareRuns } from '@fleetfall/claims/compare/compare.ts';
import { type ComparedRun, comparedRun } from '@fleetfall/claims/compare/compared-run.ts';
import {
  type Change,
  type FigureChange,
  type SideFigure,
  TRIALS_MIN,
} from '@fleetfall/claims/compare/figure-change.ts';
import { counted, percent } from '@fleetfall/claims/figures.ts';
import { CONFIDENCE } from '@fleetfall/claims/statistics/interval.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { CommandContext } from './command-context.ts';

const JOURNAL = 'journal.ndjson';
/** Trials that one side may have; more is a folder given by mistake. */
const JOURNALS_MAX = 1_000;

/** @returns the exit code. @throws SettingsError when a side has no journal that can be read. */
export function compareCommand(
  paths: { readonly before: string; readonly after: string },
  json: boolean,
  { stdout, stderr }: CommandContext,
): number {
  const read = (path: string): Side => readSide(path, (note) => stderr.write(`${note}\n`));
  const [before, after] = [read(paths.before), read(paths.after)];
  const missing = { before: before.missing, after: after.missing };
  const comparison = compareRuns(before.runs, after.runs, missing);
  if (json) stdout.write(`${JSON.stringify({ ...paths, ...comparison })}\n`);
  else stdout.write(comparisonText(comparison, paths));
  return comparison.exitCode;
}

interface Side {
  readonly runs: readonly ComparedRun[];
  /** Trials that its runs were to have and that left no journal. */
  readonly missing: number;
}

function readSide(path: string, note: (text: string) => void): Side {
  try {
    const files = journalsAt(path);
    if (files.length === 0) throw new Error(`there is no ${JOURNAL} in it or below it`);
    if (files.length > JOURNALS_MAX)
      throw new Error(`it holds ${files.length} journals, more than ${JOURNALS_MAX}`);
    const read = files.map((file) => {
      const { records, torn } = readJournal(file);
      if (torn) note(`${file}: the last line was cut short and is left out`);
      return { file, compared: comparedRun(records) };
    });
    return { runs: read.map(({ compared }) => compared), missing: missingTrials(path, read) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`'${path}': must be a journal of fleetfall or a folder of journals: ${why}`, {
      cause: error,
    });
  }
}

/** Of the runs whose folders are there as a whole: who gives one trial by itself compares that one. */
function missingTrials(
  path: string,
  journals: readonly { readonly file: string; readonly compared: ComparedRun }[],
): number {
  const several = journals.filter(({ compared }) => compared.run.trial.of > 1);
  const byRun = Map.groupBy(several, ({ file }) => dirname(dirname(file)));
  let missing = 0;
  for (const [folder, trials] of byRun) {
    const isOutside = relative(path, folder).startsWith('..');
    const planned = Math.max(...trials.map(({ compared }) => compared.run.trial.of));
    if (!isOutside) missing += Math.max(0, planned - trials.length);
  }
  return missing;
}

/** A journal itself, the one in a run's folder, or all below a folder of trials; links such as `latest` are not followed. */
function journalsAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && entry.name === JOURNAL)
    .map(({ parentPath, name }) => join(parentPath, name));
  const own = join(path, JOURNAL);
  return found.includes(own) ? [own] : found.toSorted();
}

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  better: 'better',
  worse: 'WORSE',
  same: 'within the interval',
  changed: 'changed',
  unclear: 'cannot be told',
  undecided: 'not decided',
};
const OF_WORDS: Readonly<Record<BaselineDifference['of'], string>> = {
  machine: 'machine',
  version: 'version',
  configuration: 'configuration',
  completeness: 'cut short',
};

function comparisonText(comparison: Comparison, paths: { before: string; after: string }): string {
  const { baseline, figures, controls, claims, runs, asExpected, worse, undecided } = comparison;
  const share = ({ count, runs: of }: { count: number; runs: number }): string => `${count} of ${of}`;
  const rows = [
    ['', 'before', 'after', 'after − before', ''],
    [
      'runs as expected',
      share(asExpected.before),
      share(asExpected.after),
      '',
      asExpected.change === 'same' ? 'equal' : CHANGE_WORDS[asExpected.change],
    ],
    ...figures.map((figure) => figureRow(figure.label, figure)),
    ...controls.map(({ arm, goodputDuring }) => figureRow(arm, goodputDuring)),
  ];
  const changed =
    claims.length === 0
      ? ['every claim is answered as before']
      : claims.map(({ id, before, after }) => `${id}: ${before} → ${after}`);
  return [
    `before  ${paths.before}  (${counted(runs.before, 'run')})`,
    `after   ${paths.after}  (${counted(runs.after, 'run')})`,
    '',
    ...baselineLines(comparison),
    ...aligned(rows),
    '',
    ...intervalLines(figures),
    ...undecidedLines(comparison),
    'claims',
    ...changed.map((line) => `  ${line}`),
    '',
    baseline.length > 0
      ? 'result  no baseline: what changed cannot be told from what differs'
      : worse.length > 0
        ? `result  worse: ${worse.join(', ')}`
        : `result  nothing got worse${undecided.length > 0 ? ', of what is decided' : ''}`,
    '',
  ].join('\n');
}

function figureRow(label: string, figure: FigureChange): string[] {
  return [
    label,
    sideText(figure, figure.before),
    sideText(figure, figure.after),
    differenceText(figure),
    figure.change === 'same' && figure.over !== 'trials' ? 'equal' : CHANGE_WORDS[figure.change],
  ];
}

function baselineLines({ baseline, stillReadable }: Comparison): string[] {
  if (baseline.length === 0) return [];
  return [
    ...baseline.map(
      ({ of, field, before, after }) =>
        `NO BASELINE: ${OF_WORDS[of]} ${field}: ${before === after ? `${before} on both sides` : `${before} ≠ ${after}`}`,
    ),
    ...stillReadable.map((line) => `  ${line}`),
    '',
  ];
}

function intervalLines(figures: readonly FigureChange[]): string[] {
  const over = new Set(figures.filter(({ difference }) => difference !== null).map((figure) => figure.over));
  const level = `${CONFIDENCE * 100} % intervals in brackets (percentile bootstrap), of differences for all figures together`;
  if (over.has('trials')) return [`${level}; over trials`, ''];
  if (over.has('load windows')) {
    return [`${level};`, 'over the load windows of the runs: how steady a run was, not how runs differ', ''];
  }
  return [];
}

function undecidedLines({ undecided, runs }: Comparison): string[] {
  if (undecided.length === 0) return [];
  return [
    `not decided: ${counted(runs.before, 'run')} against ${runs.after}; whether a figure changed takes ${TRIALS_MIN} a side that came to it`,
    '',
  ];
}

function sideText({ unit }: FigureChange, { value, interval, present, runs }: SideFigure): string {
  if (value === null) return '–';
  const ends = interval === null ? '' : ` [${inUnit(interval.low, unit)}, ${inUnit(interval.high, unit)}]`;
  const some = present === runs ? '' : ` in ${present} of ${runs}`;
  return `${inUnit(value, unit)}${ends}${some}`;
}

function differenceText({ unit, difference, before, after }: FigureChange): string {
  if (before.value === null || after.value === null) return '';
  const by = after.value - before.value;
  const signed = (value: number): string => {
    // Shares differ by percentage points.
    const text =
      unit === 'share' ? `${(Math.abs(value) * 100).toFixed(1)} pp` : inUnit(Math.abs(value), unit);
    return Number.parseFloat(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
  };
  return difference === null
    ? signed(by)
    : `${signed(by)} [${signed(difference.low)}, ${signed(difference.high)}]`;
}

function inUnit(value: number, unit: FigureChange['unit']): string {
  if (unit === 'share') return percent(value);
  return unit === 'ms' ? `${Math.round(value)} ms` : String(Number(value.toFixed(1)));
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
