/**
 * `fleetfall judge`: the verdict of a journal, again.
 */
import { existsSync } from 'node:fs';
import { judge } from '@fleetfall/claims/judge.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import { writeBuildReports } from './build-reports.ts';
import type { CommandContext } from './command-context.ts';
import { openGivenJournal } from './open-journal.ts';
import { reportPathOf } from './report-file.ts';
import { verdictJson, verdictText } from './verdict-text.ts';

export interface JudgeOptions extends BuildReportOptions {
  readonly json?: boolean;
}

/** @returns the exit code. @throws SettingsError when the journal cannot be read or a file not be written. */
export function judgeCommand(path: string, options: JudgeOptions, context: CommandContext): number {
  const { stdout } = context;
  const { file, journal } = openGivenJournal(path, context);
  const verdict = judge(journal.records);
  writeBuildReports([{ records: journal.records, verdict, journalPath: file }], options);
  const besideIt = reportPathOf(file);
  const report = existsSync(besideIt) ? besideIt : null;
  if (options.json === true)
    stdout.write(`${JSON.stringify(verdictJson(verdict, journal.records, file, report))}\n`);
  else stdout.write(verdictText(verdict, journal.records, file, stdout, report));
  return verdict.exitCode;
}
