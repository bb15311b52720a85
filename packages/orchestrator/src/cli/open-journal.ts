/**
 * Opens the journals that a user named, for every command that reads one: a journal, or all of a run of several trials.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { journalFile, type ReadJournal, readJournal } from '@fleetfall/journal/read.ts';
import type { CommandContext } from './command-context.ts';
import { trialJournals } from './store.ts';

interface OpenedJournal {
  /** The journal itself, where its folder was named too. */
  readonly file: string;
  readonly journal: ReadJournal;
}

export interface OpenedRun {
  /** One, or one for each trial that left a journal, in their order. */
  readonly trials: readonly (OpenedJournal & { readonly number: number })[];
  /** Trials that the run was to have and that left none. */
  readonly missing: number;
}

/**
 * Reads all journals of a run back.
 * @param path a `journal.ndjson`, the folder that holds it, or the folder of a run of several trials.
 * @throws SettingsError when one cannot be read.
 */
export function openGivenRun(path: string, context: Pick<CommandContext, 'stderr'>): OpenedRun {
  const files = trialJournals(path);
  if (files.length === 0) return { trials: [{ ...openGivenJournal(path, context), number: 1 }], missing: 0 };
  const trials = files.map((file) => {
    const opened = openGivenJournal(file, context);
    return { ...opened, number: opened.journal.run.trial.number };
  });
  const of = Math.max(...trials.map(({ journal }) => journal.run.trial.of));
  return { trials, missing: Math.max(0, of - trials.length) };
}

/**
 * Reads a journal back, and says so on standard error when its last line was cut short.
 * @param path a `journal.ndjson`, or the folder that holds it.
 * @throws SettingsError when it cannot be read.
 */
function openGivenJournal(path: string, { stderr }: Pick<CommandContext, 'stderr'>): OpenedJournal {
  try {
    const file = journalFile(path);
    const journal = readJournal(file);
    if (journal.torn) stderr.write('the last line of the journal was cut short and is left out\n');
    return { file, journal };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`journal '${path}': must be a journal of fleetfall: ${why}`, { cause: error });
  }
}
