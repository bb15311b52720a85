/**
 * Where runs are kept: `<store>/<experiment>/<time>/`, each folder whole in itself, with `latest` beside it. A folder
 * holds the experiment as it was run and a journal; of several trials, a journal in a folder for each.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { stringify } from 'yaml';
import { HISTORY_EXTENSION } from '../method/history-keeper.ts';

/** The journal's name in the folder of a run, or of a trial. */
export const JOURNAL_FILE = 'journal.ndjson';
/** The experiment as it was run. */
const EXPERIMENT_FILE = 'experiment.yaml';
const TRIAL_FOLDER = /^trial-\d{3,}$/;

/**
 * Makes the folder of a new run, with the experiment in it.
 * @throws SettingsError when the store cannot be written to.
 */
export function makeRunFolder(store: string, layout: RunLayout): string {
  const time = new Date()
    .toISOString()
    .replaceAll(':', '-')
    .replace(/\.\d+Z$/, 'Z');
  const folder = resolve(store, layout.experiment, `${time}-${randomBytes(2).toString('hex')}`);
  const latest = join(dirname(folder), 'latest');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, EXPERIMENT_FILE), stringify(layout.effective));
    // Renamed into place: two runs that begin at once both leave a link that leads somewhere.
    const link = `${folder}.latest`;
    symlinkSync(basename(folder), link);
    renameSync(link, latest);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`--store '${store}': must be a folder that can be written to: ${why}`, {
      cause: error,
    });
  }
  return folder;
}

/**
 * The experiment of a run's folder, to go on with it.
 * @throws SettingsError when there is none.
 */
export function experimentIn(folder: string): { readonly file: string; readonly text: string } {
  const file = join(folder, EXPERIMENT_FILE);
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new SettingsError(`run '${folder}': must be the folder of a run, with its ${EXPERIMENT_FILE}`, {
      cause: error,
    });
  }
}

/** The journal of one trial: `journal.ndjson` where there is only one. */
export function journalOf(folder: string, trial: number, trials: number): string {
  return trials === 1
    ? join(folder, JOURNAL_FILE)
    : join(folder, `trial-${String(trial).padStart(3, '0')}`, JOURNAL_FILE);
}

/** The journals in a folder of several trials, in their order; none where it is something else. */
export function trialJournals(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory() || existsSync(join(folder, JOURNAL_FILE)))
    return [];
  return readdirSync(folder)
    .filter((name) => TRIAL_FOLDER.test(name))
    .toSorted()
    .map((name) => join(folder, name, JOURNAL_FILE))
    .filter((file) => existsSync(file));
}

/**
 * What a trial that was gone through wrote; null when it is still to be run. A journal that was cut off, before its
 * first line was whole at the soonest, is put aside with its histories under a name that says so: nothing is written over.
 * @throws when the journal is whole and cannot be read.
 */
export function finishedTrial(journalPath: string): readonly JournalRecord[] | null {
  if (!existsSync(journalPath)) return null;
  if (readFileSync(journalPath).includes('\n')) {
    const { records } = readJournal(journalPath);
    const end = records.findLast((record) => record.kind === 'end');
    if (end !== undefined && end.how !== 'failed') return records;
  }
  const aside = `cut-off-${randomBytes(2).toString('hex')}`;
  const folder = dirname(journalPath);
  for (const name of readdirSync(folder).filter((each) => each.endsWith(HISTORY_EXTENSION)))
    renameSync(join(folder, name), join(folder, `${name}.${aside}`));
  renameSync(journalPath, `${journalPath}.${aside}`);
  return null;
}
