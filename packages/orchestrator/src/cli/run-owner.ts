/**
 * Who goes through a run's trials: said in its folder while it is done, so that no second process does the same, and
 * checked against what the trials that are there were run on, so that what is resumed is one run.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestsOf } from '@fleetfall/experiment/digest.ts';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { RunRecord } from '@fleetfall/journal/records.ts';
import { currentOwner, type Owner, reasonToKeep } from '../runtime/owner.ts';
import type { Runtime } from '../runtime/runtime.ts';

const OWNER_FILE = 'owner.json';

/**
 * Takes a run's folder for the calling process, until it is disposed.
 * @throws SettingsError when another process has it, or may have it.
 */
export function claimRun(folder: string): Disposable {
  const file = join(folder, OWNER_FILE);
  const own = JSON.stringify(currentOwner());
  if (!wroteNew(file, own)) {
    const reason = reasonToKeep(ownerIn(file));
    if (reason !== null) {
      throw new SettingsError(
        `run '${folder}': must not be under way: ${reason}; if it has surely ended, remove ${file}`,
      );
    }
    rmSync(file, { force: true });
    // Of two that find a dead owner at once only one comes to write.
    if (!wroteNew(file, own))
      throw new SettingsError(`run '${folder}': must not be under way: it was just begun`);
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** @throws SettingsError where one that was killed has left half a file. */
function ownerIn(file: string): Owner {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    throw new SettingsError(`'${file}': must say whose run it is: remove it if the run has surely ended`, {
      cause: error,
    });
  }
}

function wroteNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What the trials that are missing would be run by. */
export interface Resuming {
  readonly layout: RunLayout;
  readonly runtime: Pick<Runtime, 'name' | 'host'>;
  readonly version: string;
}

/**
 * Trials of one run are counted together: all must be of one experiment, machine and version.
 * @param done the head of a trial that is there.
 * @throws SettingsError that names everything that differs.
 */
export function assertSameRun(folder: string, done: RunRecord, { layout, runtime, version }: Resuming): void {
  const now: Readonly<Record<string, unknown>> = {
    fleetfall: version,
    runtime: runtime.name,
    experiment: layout.experiment,
    ...keyed('host', runtime.host),
    ...keyed('experiment', digestsOf(layout)),
  };
  const then: Readonly<Record<string, unknown>> = {
    fleetfall: done.fleetfall,
    runtime: done.runtime,
    experiment: done.experiment,
    ...keyed('host', done.host),
    ...keyed('experiment', done.digests ?? {}),
  };
  const differing = [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((field) => then[field] !== now[field])
    .map((field) => `${field}: ${then[field] ?? 'none'} ≠ ${now[field] ?? 'none'}`);
  if (differing.length === 0) return;
  throw new SettingsError(
    `run '${folder}': must be resumed as it was begun: ${differing.join(', ')}: run the experiment anew`,
  );
}

const keyed = (prefix: string, fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
