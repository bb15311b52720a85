/**
 * `fleetfall judge`: the verdict of a journal, again, or of all trials of a run together.
 */
import { existsSync } from 'node:fs';
import { judge } from '@fleetfall/claims/judge.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import { writeBuildReports } from './build-reports.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { fittedTo } from './fitted-text.ts';
import { openGivenRun } from './open-journal.ts';
import { reportPathOf } from './report-file.ts';
import type { JudgedTrial } from './trials.ts';
import { trialsExitCode, trialsJson, trialsText } from './trials-text.ts';
import { verdictJson, verdictText } from './verdict-text.ts';

export interface JudgeOptions extends BuildReportOptions {
  readonly json?: boolean;
}

/** @returns the exit code. @throws SettingsError when a journal cannot be read or a file not be written. */
export function judgeCommand(path: string, options: JudgeOptions, context: CommandContext): number {
  const { stdout, stderr } = context;
  const { trials, missing } = openGivenRun(path, context);
  const judged = trials.map(({ number, file, journal: { records } }): JudgedTrial => {
    return { number, journalPath: file, records, verdict: judge(records) };
  });
  writeBuildReports(judged, options);
  const [only] = judged;
  if (judged.length > 1 || missing > 0 || only === undefined) {
    if (missing > 0) {
      stderr.write(`${missing} of ${judged.length + missing} trials are missing: fleetfall resume ${path}\n`);
    }
    if (options.json === true) stdout.write(`${JSON.stringify(trialsJson(judged, path))}\n`);
    else stdout.write(fittedTo(stdout, trialsText(judged, path)));
    const exitCode = trialsExitCode(judged);
    // What is missing may be anything: all as expected is said of all alone.
    return exitCode === EXIT.asExpected && missing > 0 ? EXIT.inconclusive : exitCode;
  }
  const { verdict, records, journalPath } = only;
  const besideIt = reportPathOf(journalPath);
  const report = existsSync(besideIt) ? besideIt : null;
  if (options.json === true)
    stdout.write(`${JSON.stringify(verdictJson(verdict, records, journalPath, report))}\n`);
  else stdout.write(verdictText(verdict, records, journalPath, stdout, report));
  return verdict.exitCode;
}
