/**
 * Opens the journal that a user named, for every command that reads one.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { journalFile, type ReadJournal, readJournal } from '@fleetfall/journal/read.ts';
import type { CommandContext } from './command-context.ts';

export interface OpenedJournal {
  /** The journal itself, where its folder was named too. */
  readonly file: string;
  readonly journal: ReadJournal;
}

/**
 * Reads a journal back, and says so on standard error when its last line was cut short.
 * @param path a `journal.ndjson`, or the folder that holds it.
 * @throws SettingsError when it cannot be read.
 */
export function openGivenJournal(path: string, { stderr }: Pick<CommandContext, 'stderr'>): OpenedJournal {
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
