/**
 * `fleetfall report`: a journal as one page that opens from a disk.
 */
import { judge } from '@fleetfall/claims/judge.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import { writeBuildReports } from './build-reports.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { openGivenJournal } from './open-journal.ts';
import { reportPathOf, writeReport } from './report-file.ts';

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
  const { file, journal } = openGivenJournal(path, context);
  const report = out ?? reportPathOf(file);
  try {
    await writeReport(journal.records, report);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`--out '${report}': must be a file that can be written: ${why}`, {
      cause: error,
    });
  }
  writeBuildReports(
    [{ records: journal.records, verdict: judge(journal.records), journalPath: file }],
    files,
  );
  context.stdout.write(json === true ? `${JSON.stringify({ journal: file, report })}\n` : `${report}\n`);
  return EXIT.asExpected;
}
