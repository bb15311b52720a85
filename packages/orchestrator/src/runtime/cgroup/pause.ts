/**
 * Makes the processes of a cgroup stand still. On v2 by the cgroup's own freezer. On v1 the freezer is another
 * hierarchy, in which a frozen process outlives even SIGKILL until somebody thaws it; SIGSTOP stops every thread as
 * well, and a stopped process can be killed, so that a dead run leaves nothing that cannot be removed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberRunState } from '../runtime.ts';
import { processesIn, signalAllIn } from './cgroup.ts';

/** States of proc(5) in which a thread stands still by a signal. */
const STOPPED = new Set(['T', 't']);
/** States of what has ended and is not yet reaped. */
const ENDED = new Set(['Z', 'X']);

/** A cgroup that is gone has nothing to pause. */
export function pauseAllIn(folder: string, version: 1 | 2): void {
  if (version === 1) signalAllIn(folder, 'SIGSTOP');
  else writeFreeze(folder, '1');
}

/** A cgroup that is gone has nothing to resume. */
export function resumeAllIn(folder: string, version: 1 | 2): void {
  if (version === 1) signalAllIn(folder, 'SIGCONT');
  else writeFreeze(folder, '0');
}

/** What the kernel says of the processes now. */
export function stateOfAllIn(folder: string, version: 1 | 2): MemberRunState {
  const threads = processesIn(folder).flatMap(threadStates);
  if (threads.every((state) => ENDED.has(state))) return 'ended';
  if (version === 2) return frozenState(folder);
  const stopped = threads.filter((state) => STOPPED.has(state)).length;
  if (stopped === 0) return 'running';
  return stopped === threads.length ? 'paused' : 'settling';
}

/** cgroup-v2: `cgroup.freeze` is what was asked for, `cgroup.events` says when all processes are frozen. */
function frozenState(folder: string): MemberRunState {
  const asked = readFileSync(join(folder, 'cgroup.freeze'), 'utf8').trim() === '1';
  const frozen = /^frozen 1$/m.test(readFileSync(join(folder, 'cgroup.events'), 'utf8'));
  if (asked !== frozen) return 'settling';
  return frozen ? 'paused' : 'running';
}

function writeFreeze(folder: string, value: '0' | '1'): void {
  if (existsSync(folder)) writeFileSync(join(folder, 'cgroup.freeze'), value);
}

/** One letter for each thread; none when the process is gone. */
function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const line = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      // The name in brackets may hold anything.
      return line.slice(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return [];
    throw error;
  }
}
