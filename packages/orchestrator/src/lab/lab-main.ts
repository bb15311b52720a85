/**
 * The life of the lab's container: boots from a file, serves the live page, goes through one session and, when that is
 * over, goes on showing it until it is stopped.
 */
import { dirname, join } from 'node:path';
import { startLiveServer } from '@fleetfall/report/live/live-server.ts';
import manifest from '../../package.json' with { type: 'json' };
import { readLabBoot } from './lab-boot.ts';
import { LAB_COMMANDS } from './lab-commands.ts';
import { runSession } from './lab-session.ts';

/** @returns the exit code: 0 after an orderly stop, 64 for what it cannot boot from, 70 when it broke. */
export async function runLab(proc: NodeJS.Process): Promise<number> {
  const log = (message: string): void => void proc.stderr.write(`lab: ${message}\n`);
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) proc.on(name, () => stopping.abort('stopped by hand'));
  const [, program = '', file] = proc.argv;
  if (file === undefined) {
    log('Cannot boot: the file to boot from must be named');
    return 64;
  }
  let booted: Awaited<ReturnType<typeof readLabBoot>>;
  try {
    booted = await readLabBoot(file, stopping.signal);
  } catch (error) {
    log(`Cannot boot from ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return stopping.signal.aborted ? 0 : 64;
  }
  const { boot } = booted;
  const time = new Date().toISOString().replaceAll(':', '-');
  const journalPath = join(boot.dataDir, time, 'journal.ndjson');
  try {
    await using page = await startLiveServer({
      journal: journalPath,
      name: 'lab',
      listen: boot.page,
      // Published on the host's loopback only, and nothing can be done here: an address that can be typed.
      token: null,
      commands: LAB_COMMANDS,
      control: null,
    });
    log(`the page is served on port ${page.port}; the journal is ${journalPath}`);
    const over = new AbortController();
    setTimeout(() => over.abort('its time was over'), boot.settings.sessionMaxMs).unref();
    // A lab that nobody can watch is none: its session ends in order, and then the lab says why.
    const unseen = new AbortController();
    page.failed.catch(() => unseen.abort('its page could no longer follow the journal'));
    await runSession({
      ...booted,
      kitFolder: dirname(program),
      journalPath,
      version: manifest.version,
      signal: AbortSignal.any([stopping.signal, over.signal, unseen.signal]),
      log,
    });
    if (unseen.signal.aborted) await page.failed;
    if (!stopping.signal.aborted) {
      log('the session is over; its page stays until the lab is stopped or restarted');
      await Promise.race([page.failed, aborted(stopping.signal)]);
    }
    return 0;
  } catch (error) {
    log(`broke off: ${error instanceof Error ? error.message : String(error)}`);
    return 70;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
