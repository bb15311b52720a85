/**
 * `fleetfall watch`: the page of a run as it happens, served to this machine's browsers until Ctrl-C. The run does not
 * know of it; a fleet that a keeper holds can be changed from it, as by the verbs of the shell.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { startLiveServer } from '@fleetfall/report/live/live-server.ts';
import type { CommandContext } from './command-context.ts';
import { JOURNAL_FILE } from './store.ts';
import { controlOf } from './watch-control.ts';

const TOKEN_BYTES = 18;
const PORT_MAX = 65_535;

export interface WatchOptions {
  readonly port: string;
  readonly store: string;
  readonly json?: boolean;
}

/**
 * Serves until the process is asked to end, and then throws the signal's reason: its exit code says which.
 * @throws SettingsError when there is no such journal, or the port cannot be had.
 */
export async function watchCommand(
  path: string | undefined,
  options: WatchOptions,
  context: CommandContext,
): Promise<never> {
  const { stdout, stderr, signal } = context;
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw new SettingsError(
      `--port: must be a whole number from 0 (any that is free) to ${PORT_MAX}: current value is '${options.port}'`,
    );
  }
  const journal = path === undefined ? newestIn(options.store) : journalAt(path);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const name = basename(dirname(journal));
  await using server = await startLiveServer({
    journal,
    name,
    listen: { host: '127.0.0.1', port },
    token,
    control: controlOf(journal, context),
    commands: [
      { does: 'its page, to keep', command: `fleetfall report ${journal}` },
      { does: 'its verdict', command: `fleetfall judge ${journal}` },
    ],
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`cannot watch '${journal}': ${why}`, { cause: error });
  });
  const url = `http://127.0.0.1:${server.port}/?token=${token}`;
  stdout.write(options.json === true ? `${JSON.stringify({ url, journal })}\n` : `${url}\n`);
  stderr.write(`watching ${journal}; Ctrl-C ends the page and leaves the run alone\n`);
  return await Promise.race([server.failed, ended(signal)]);
}

/** @throws SettingsError */
function journalAt(path: string): string {
  if (!existsSync(path)) throw new SettingsError(`journal '${path}': there is nothing there`);
  if (!statSync(path).isDirectory()) return path;
  const newest = newestOf([`${JOURNAL_FILE}`, `*/${JOURNAL_FILE}`].map((each) => join(path, each)));
  if (newest === undefined) throw new SettingsError(`run '${path}': must hold a ${JOURNAL_FILE}`);
  return newest;
}

/** @throws SettingsError */
function newestIn(store: string): string {
  const newest = newestOf(
    [JOURNAL_FILE, `*/${JOURNAL_FILE}`].map((each) => join(store, '*', 'latest', each)),
  );
  if (newest === undefined) {
    throw new SettingsError(
      `--store '${store}': must hold a run: 'fleetfall run kinesis-2020' makes one, or name a journal`,
    );
  }
  return newest;
}

function newestOf(patterns: readonly string[]): string | undefined {
  return globSync(patterns)
    .map((found) => realpathSync(found))
    .toSorted((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)[0];
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
