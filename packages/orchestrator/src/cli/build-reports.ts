/**
 * Leaves JUnit and a Markdown summary where a build server looks for them: whole or not at all, also of a run that
 * broke off, whose error they then tell.
 */
import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { judge } from '@fleetfall/claims/judge.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { junitXml } from '@fleetfall/report/junit.ts';
import type { Broken, ReportedRun } from '@fleetfall/report/reported-run.ts';
import { summaryMarkdown } from '@fleetfall/report/summary.ts';
import { workError } from '../runtime/take-down.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import type { CommandContext } from './command-context.ts';
import { journalOf } from './store.ts';

/**
 * Finds out before a run, which takes its time, whether its files can be left; makes their folders.
 * @throws SettingsError naming the flag and its value.
 */
export function checkBuildReports({ junit, summary }: BuildReportOptions): void {
  for (const [flag, path] of [
    ['--junit', junit],
    ['--summary', summary],
  ] as const) {
    if (path === undefined) continue;
    refusing(flag, path, () => {
      mkdirSync(dirname(path), { recursive: true });
      accessSync(dirname(path), constants.W_OK);
      if (existsSync(path) && statSync(path).isDirectory()) throw new Error('it is a folder');
    });
  }
}

/**
 * Writes the files that were asked for.
 * @param broken what ended the command before all was run.
 * @throws SettingsError naming the flag and its value when one cannot be written.
 */
export function writeBuildReports(
  runs: readonly ReportedRun[],
  { junit, summary }: BuildReportOptions,
  broken: Broken | null = null,
): void {
  if (junit !== undefined) refusing('--junit', junit, () => writeWhole(junit, junitXml(runs, broken)));
  if (summary !== undefined) {
    refusing('--summary', summary, () => writeWhole(summary, summaryMarkdown(runs, broken)));
  }
}

/** Tells of a run that broke off, with what it had come to. Never throws: the error that ended it is the one to tell. */
export function tellBroken(
  error: unknown,
  { folder, trials }: { readonly folder: string; readonly trials: number },
  files: BuildReportOptions,
  { stderr }: Pick<CommandContext, 'stderr'>,
): void {
  if (files.junit === undefined && files.summary === undefined) return;
  const ended = workError(error);
  const reason = ended instanceof Error ? ended.message : String(ended);
  try {
    writeBuildReports(runsIn(folder, trials), files, { reason, atMs: Date.now() });
  } catch (failure) {
    stderr.write(`fleetfall: ${failure instanceof Error ? failure.message : String(failure)}\n`);
  }
}

/** The trials that left a journal, the one that broke off among them. */
function runsIn(folder: string, trials: number): ReportedRun[] {
  return Array.from({ length: trials }, (_, index) => journalOf(folder, index + 1, trials))
    .filter((path) => existsSync(path) && statSync(path).size > 0)
    .map((journalPath) => {
      const { records } = readJournal(journalPath);
      return { records, verdict: judge(records), journalPath };
    });
}

/** Whoever reads the file sees the old one or the new one. */
function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.part`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

function refusing(flag: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${flag} '${path}': must be a file that can be written: ${why}`, {
      cause: error,
    });
  }
}
