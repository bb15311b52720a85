/**
 * Who a run belongs to: the orchestrator's process, told apart from every other by the host it runs on, its id and
 * the time it began. What a run makes carries this mark, so that `prune` can tell what a dead run left from what a
 * living one uses. A bare process id would not do: ids come again after a reboot and in every pid namespace.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Owner {
  /** 12 hex digits that stand for one boot of one machine and one pid namespace in it. */
  readonly host: string;
  readonly pid: number;
  /** When the process began, as its host counts: `[a-z0-9]`. */
  readonly start: string;
}

/** The owner that the calling process is. */
export function currentOwner(): Owner {
  const start = startOf(process.pid);
  if (start === null) throw new Error('Cannot tell when this process began: its own entry is not to be read');
  return { host: currentHost(), pid: process.pid, start };
}

/**
 * Whether an owner is proven dead: it is of this host, and no process with its id began at its time. An owner of
 * another host may well be alive.
 */
export function ownerIsDead(owner: Owner): boolean {
  return owner.host === currentHost() && startOf(owner.pid) !== owner.start;
}

/** Why what belongs to an owner is left alone, or null when the owner is proven dead. */
export function reasonToKeep(owner: Owner | null): string | null {
  if (owner === null) return 'it does not say whose it is';
  if (owner.host !== currentHost()) {
    return 'it was made on another host, in another container, or before this host was last booted';
  }
  return ownerIsDead(owner) ? null : `its run is alive (process ${owner.pid})`;
}

export function isSameOwner(one: Owner, other: Owner): boolean {
  return one.host === other.host && one.pid === other.pid && one.start === other.start;
}

/** The owner as a part of a file or cgroup name. */
export const ownerMark = ({ host, pid, start }: Owner): string => `${host}.${pid}.${start}`;

/** The owner that a name made with {@link ownerMark} carries. */
export function ownerInName(name: string): Owner | null {
  const found = /\.([0-9a-f]{12})\.(\d+)\.([a-z0-9]+)(?:-|$)/.exec(name);
  if (found === null) return null;
  const [, host, pid, start] = found as unknown as [string, string, string, string];
  return { host, pid: Number(pid), start };
}

function currentHost(): string {
  const identity =
    process.platform === 'linux'
      ? `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`
      : hostname();
  return shortHash(identity);
}

/** When a living process began; null when there is none of that id, or only its unreaped remains. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') {
    const { status, stdout, error } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)]);
    if (error)
      throw new Error(`Cannot tell whether process ${pid} lives: 'ps' did not run`, { cause: error });
    return status === 0 ? shortHash(stdout.toString().trim()) : null;
  }
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  // proc(5): the second field is a name in brackets that may hold anything; state is field 3, starttime 22.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
