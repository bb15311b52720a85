/**
 * Removes what a dead orchestrator has left, with the code of `prune` and for that owner alone. It looks again until
 * nothing has turned up for a while, since an engine finishes what it was asked for after the asker is gone.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import { type Owner, ownerIsDead } from '../runtime/owner.ts';
import { prune } from '../runtime/prune.ts';
import type { Leftover } from '../runtime/runtime.ts';
import type { ReaperNote } from './reaper-orders.ts';

/** A process closes its files a moment before it counts as dead. */
const DEATH_POLL_MS = 20;
const LOOK_AGAIN_MS = 250;
/** An engine makes a container within this long of being asked to, on a machine that is busy with the others. */
const QUIET_MS = 2_000;
/** Without an engine there is only a process that was just forked: it joins its cgroup in milliseconds, or cannot. */
const QUIET_WITHOUT_ENGINE_MS = 300;
/** What was reaped, in the run's folder. */
const ACCOUNT_FILE = 'reaped.json';

/** Written beside the journal: what a killed run left, and what became of it. */
interface Account {
  readonly owner: Owner;
  readonly removed: readonly string[];
  /** Why what is still there could not be removed. */
  readonly left: readonly string[];
  readonly tookMs: number;
}

export interface Reaping {
  readonly note: ReaperNote;
  /** The reaper's own: in which the engine is looked for when nothing was noted of one. */
  readonly environment: EngineEnvironment;
}

/**
 * Waits until the owner is proven dead and removes what is its own.
 * @param until aborted when there is to be no further try.
 * @returns whether nothing is left.
 */
export async function reap(owner: Owner, reaping: Reaping, until: AbortSignal): Promise<boolean> {
  const { note } = reaping;
  const beganMs = performance.now();
  const removed = new Set<string>();
  let left: readonly string[] = ['its owner is alive'];
  while (!ownerIsDead(owner)) {
    if (until.aborted) return false;
    await pause(DEATH_POLL_MS);
  }
  const quietMs = note.runtime === 'cgroup' ? QUIET_WITHOUT_ENGINE_MS : QUIET_MS;
  for (let foundAtMs = beganMs; !until.aborted; await pause(LOOK_AGAIN_MS)) {
    const found = await removeOnce(owner, reaping);
    left = found.left;
    for (const name of found.removed) removed.add(name);
    const nowMs = performance.now();
    if (found.removed.length > 0 || left.length > 0) foundAtMs = nowMs;
    else if (nowMs - foundAtMs >= quietMs) break;
  }
  const tookMs = Math.round(performance.now() - beganMs);
  if (note.folder !== undefined) tell(note.folder, { owner, removed: [...removed], left, tookMs });
  return left.length === 0;
}

async function removeOnce(
  owner: Owner,
  { note: { runtime, engine }, environment }: Reaping,
): Promise<Pick<Account, 'removed' | 'left'>> {
  let engineAbsent: string | undefined;
  try {
    const leftovers = await prune({
      check: false,
      owner,
      environment: engine ?? environment,
      onEngineAbsent: (why) => {
        engineAbsent = why;
      },
    });
    return {
      removed: leftovers.filter(({ keptBecause }) => keptBecause === null).map(nameOf),
      left: [
        ...leftovers.flatMap((each) =>
          each.keptBecause === null ? [] : [`${nameOf(each)}: ${each.keptBecause}`],
        ),
        ...(runtime !== undefined && runtime !== 'cgroup' && engineAbsent !== undefined
          ? [engineAbsent]
          : []),
      ],
    };
  } catch (error) {
    // Looked at again in a moment; told when that was the last try.
    return { removed: [], left: [error instanceof Error ? error.message : String(error)] };
  }
}

const nameOf = ({ runtime, kind, name }: Leftover): string => `${runtime} ${kind} ${name}`;

function tell(folder: string, account: Account): void {
  try {
    writeFileSync(join(folder, ACCOUNT_FILE), `${JSON.stringify(account, null, 2)}\n`);
  } catch {
    // The folder is gone, or its disk is full: the removal is what counts, and nobody else listens.
  }
}
