/**
 * Writes trials.html into a run's folder: its trials side by side, each leading to its own report. It comes after the
 * verdict as a report does, and changes no exit code.
 */
import { rename, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { trialsPage } from '@fleetfall/report/page/trials-page.ts';
import type { CommandContext } from './command-context.ts';
import { reportPathOf, trialsPageIn } from './report-file.ts';
import type { JudgedTrial } from './trials.ts';
import { armsOver } from './trials-text.ts';

/** Leaves the page in the run's folder. The verdict stands without it, and the journals can make it again. */
export async function leaveTrialsPage(
  trials: readonly JudgedTrial[],
  folder: string,
  { stderr }: Pick<CommandContext, 'stderr'>,
): Promise<void> {
  const path = trialsPageIn(folder);
  const headOf = ({ records }: JudgedTrial) => records.find((record) => record.kind === 'run');
  try {
    const page = await trialsPage({
      experiment: trials.map(headOf).find((head) => head !== undefined)?.experiment ?? 'a run',
      trials: trials.map((trial) => ({
        number: trial.number,
        seed: headOf(trial)?.seed ?? '',
        verdict: trial.verdict,
        report: relative(folder, reportPathOf(trial.journalPath)),
      })),
      arms: armsOver(trials),
    });
    await writeFile(`${path}.part`, page);
    await rename(`${path}.part`, path);
  } catch (error) {
    stderr.write(`fleetfall: no page of the trials could be written to ${path}: ${String(error)}\n`);
  }
}
