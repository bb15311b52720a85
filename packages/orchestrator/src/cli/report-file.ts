/**
 * Writes a run's report.html. It comes after the verdict and never stands in its way: what goes wrong with it is
 * told by whoever asked for it, and changes no exit code of a run.
 */
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { reportPage } from '@fleetfall/report/page/report-page.ts';
import type { CommandContext } from './command-context.ts';

/** Where a journal's report lies when nothing else is asked for: beside it. */
export function reportPathOf(journalPath: string): string {
  return join(dirname(journalPath), 'report.html');
}

/** Where the page of a run's trials side by side lies. */
export const trialsPageIn = (folder: string): string => join(folder, 'trials.html');

/** Makes the report and puts it in its place whole: whoever opens it sees the old one or the new one. */
export async function writeReport(
  records: readonly JournalRecord[],
  path: string,
  verdict?: Verdict,
): Promise<void> {
  const page = await reportPage(records, verdict);
  const draft = `${path}.part`;
  await writeFile(draft, page);
  await rename(draft, path);
}

/** Leaves a journal's report beside it. The verdict stands without it, and the journal can make it again. */
export async function leaveReport(
  records: readonly JournalRecord[],
  journalPath: string,
  { stderr }: Pick<CommandContext, 'stderr'>,
  verdict?: Verdict,
): Promise<void> {
  try {
    await writeReport(records, reportPathOf(journalPath), verdict);
  } catch (error) {
    stderr.write(
      `fleetfall: no report could be written: ${String(error)}; 'fleetfall report ${journalPath}' tries again\n`,
    );
  }
}
