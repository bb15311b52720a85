/**
 * Who goes through a run's trials: said in its folder while it is done, so that no second process does the same, and
 * checked against what the trials that are there were run on, so that what is resumed is one run.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestsOf } from '@fleetfall/experiment/digest.ts';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { RunRecord } from '@fleetfall/journal/records.ts';
import { currentOwner, type Owner, ownerInName, ownerMark, reasonToKeep } from '../runtime/owner.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A claim is an empty file: its name says all, so that nobody can find half of one. */
const CLAIM = 'owner.';

/**
 * Takes a run's folder for the calling process, until it is disposed. Each writes a claim of its own before it looks for
 * those of others: of two that come at once the later one sees the earlier, so that never both have it; where each sees
 * the other, neither has. Nobody removes a claim but its own and those of the dead.
 * @throws SettingsError when another process has it, or may have it.
 */
export function claimRun(folder: string): Disposable {
  const own = claimOf(currentOwner());
  const file = join(folder, own);
  if (!wroteNew(file)) throw underWay(folder, own);
  try {
    const others = readdirSync(folder).filter((name) => name.startsWith(CLAIM) && name !== own);
    for (const name of others) {
      if (reasonToKeep(ownerInName(name)) !== null) throw underWay(folder, name);
      rmSync(join(folder, name), { force: true });
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

const claimOf = (owner: Owner): string => `${CLAIM}${ownerMark(owner)}`;

function underWay(folder: string, claim: string): SettingsError {
  const reason = reasonToKeep(ownerInName(claim)) ?? 'it was under way a moment ago';
  return new SettingsError(
    `run '${folder}': must not be under way: ${reason}; if it has surely ended, remove ${join(folder, claim)}`,
  );
}

function wroteNew(file: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx' });
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
