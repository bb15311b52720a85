/**
 * `fleetfall report`: a journal as one page that opens from a disk; of several trials, a page for each
 * and one on which they stand side by side.
 */
import { judge, type Verdict } from '@fleetfall/claims/judge.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import { writeBuildReports } from './build-reports.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { openGivenRun } from './open-journal.ts';
import { reportPathOf, trialsPageIn, writeReport } from './report-file.ts';
import { leaveTrialsPage } from './trials-page-file.ts';

export interface ReportOptions extends BuildReportOptions {
  /** Where the page goes; beside the journal when undefined. */
  readonly out?: string;
  readonly json?: boolean;
}

/** @returns the exit code. @throws SettingsError when the journal cannot be read or the page not be written. */
export async function reportCommand(
  path: string,
  { out, json, ...files }: ReportOptions,
  context: CommandContext,
): Promise<number> {
  const { trials } = openGivenRun(path, context);
  if (out !== undefined && trials.length > 1) {
    throw new SettingsError(
      `--out '${out}': must be left out for a run of ${trials.length} trials: each has a page beside its journal`,
    );
  }
  const judged = trials.map(({ number, file, journal: { records } }) => ({
    number,
    records,
    verdict: judge(records),
    journalPath: file,
  }));
  const pages: { readonly journal: string; readonly report: string }[] = [];
  for (const { records, verdict, journalPath: journal } of judged) {
    const report = out ?? reportPathOf(journal);
    await written(records, report, verdict);
    pages.push({ journal, report });
  }
  writeBuildReports(judged, files);
  const isOne = pages.length === 1;
  if (!isOne) await leaveTrialsPage(judged, path, context);
  const told = isOne ? pages[0] : { trials: pages, report: trialsPageIn(path) };
  const places = [...pages.map(({ report }) => report), ...(isOne ? [] : [trialsPageIn(path)])];
  context.stdout.write(
    json === true ? `${JSON.stringify(told)}\n` : places.map((place) => `${place}\n`).join(''),
  );
  return EXIT.asExpected;
}

async function written(records: readonly JournalRecord[], report: string, verdict: Verdict): Promise<void> {
  try {
    await writeReport(records, report, verdict);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`--out '${report}': must be a file that can be written: ${why}`, {
      cause: error,
    });
  }
}
