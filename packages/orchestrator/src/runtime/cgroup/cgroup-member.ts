/**
 * A member as a process in a cgroup of its own. A shell joins the cgroup and becomes setpriv, by way of nice for what
 * measures the fleet; that gives rights away and becomes Node: one process in the end, so that nothing is added to what
 * is counted, and none of Node's threads ever ran outside the limit.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { openHostWitness } from '../host-witness.ts';
import { type MemberStreams, readMemberStreams } from '../member-streams.ts';
import { controllersOf, readResources, writeCpuQuota, writeMemoryLimit } from '../resources.ts';
import {
  MEMBER_PORT,
  type MemberExit,
  type MemberSpec,
  precedenceOf,
  type StartedMember,
  uvPoolSize,
} from '../runtime.ts';
import { killAllIn, setPidsMax } from './cgroup.ts';
import { cpuCgroup, type MemberCgroups, memoryCgroup } from './fleet-cgroups.ts';
import { pauseAllIn, resumeAllIn, stateOfAllIn } from './pause.ts';

/** Cgroups up to `--`; the rest is what the process becomes. `echo` is the shell's own: nothing is forked. */
const JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';
/**
 * Takes precedence, which root alone may. Sessions share the processor evenly where the kernel groups by them, whatever
 * the niceness of a process in one; elsewhere niceness is what counts.
 */
const TAKE_PRECEDENCE =
  'if [ -e /proc/self/autogroup ]; then echo "$1" > /proc/self/autogroup; fi; exec nice -n "$@"';
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** SIGKILL follows SIGTERM after this long. */
const STOP_GRACE_MS = 2_000;
const BECOMING_NODE_POLL_MS = 3;
/** A shell or two and some calls of exec: milliseconds, on a busy machine a second. */
const BECOMING_NODE_DEADLINE_MS = 10_000;

export interface ProcessPlan {
  readonly spec: MemberSpec;
  readonly incarnation: number;
  /** They exist, with their limit set. */
  readonly cgroups: MemberCgroups;
  readonly cgroupVersion: 1 | 2;
  readonly nodeBinary: string;
  readonly entry: string;
  readonly setpriv: readonly string[];
  readonly address: string;
  readonly boot: string;
}

/**
 * Starts the process and waits until it has become Node.
 * @throws Error with the process's last words when it ends before; the signal's reason when aborted, with the
 * process killed.
 */
export async function startCgroupMember(plan: ProcessPlan, signal: AbortSignal): Promise<StartedMember> {
  const { spec, incarnation, cgroups, cgroupVersion } = plan;
  const { tasks: cgroup, resources } = cgroups;
  const precedence = process.getuid?.() === 0 ? precedenceOf(spec) : null;
  const command = [
    ...(precedence === null ? [] : ['/bin/sh', '-c', TAKE_PRECEDENCE, 'sh', String(precedence.niceness)]),
    'setpriv',
    ...plan.setpriv,
    plan.nodeBinary,
    plan.entry,
  ];
  const subprocess = execa('/bin/sh', ['-c', JOIN, 'sh', ...cgroups.joined, '--', ...command], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { PATH: SYSTEM_PATH, ...uvPoolSize(spec) },
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal is for the orchestrator, which ends its members in order.
    detached: true,
    forceKillAfterDelay: STOP_GRACE_MS,
  });
  // A member that ended reads no more: `exited` says so, and the failed write adds nothing to it.
  subprocess.stdin.on('error', () => undefined);
  const streams = readMemberStreams(subprocess.stdout, subprocess.stderr);
  const exited = exitOf(subprocess, streams);
  subprocess.stdin.write(`${plan.boot}\n`);

  const kill = (): Promise<MemberExit> => {
    killAllIn(cgroup);
    subprocess.kill('SIGKILL');
    return exited;
  };
  try {
    await becomesNode(subprocess.pid, plan.nodeBinary, exited, signal);
  } catch (error) {
    const { lastWords } = await kill();
    if (signal.aborted) throw signal.reason;
    throw new Error(lastWords === '' ? String(error) : lastWords, { cause: error });
  }
  return {
    spec,
    incarnation,
    endpoint: { host: plan.address, port: MEMBER_PORT },
    lines: streams.lines,
    send: (line) => void subprocess.stdin.write(`${line}\n`),
    exited,
    witness: openHostWitness({ folder: cgroup, version: cgroupVersion }),
    stop() {
      subprocess.kill('SIGTERM');
      return exited;
    },
    kill,
    setLimit: async (pidsMax) => setPidsMax(cgroup, pidsMax),
    limitable: controllersOf(resources),
    limitMemory: async (limitBytes) => writeMemoryLimit(memoryCgroup(cgroups), cgroupVersion, limitBytes),
    limitCpu: async (cores) => writeCpuQuota(cpuCgroup(cgroups), cgroupVersion, cores),
    resources: () => readResources(resources),
    pause: async () => pauseAllIn(cgroup, cgroupVersion),
    resume: async () => resumeAllIn(cgroup, cgroupVersion),
    readState: async () => stateOfAllIn(cgroup, cgroupVersion),
  };
}

async function exitOf(
  subprocess: PromiseLike<{ exitCode?: number; signal?: string; originalMessage?: string | undefined }>,
  streams: MemberStreams,
): Promise<MemberExit> {
  const { exitCode, signal, originalMessage } = await subprocess;
  await streams.ended;
  // A process that could not even be forked has no words of its own.
  const lastWords = streams.lastWords() || (originalMessage ?? '');
  return { code: exitCode ?? null, signal: signal ?? null, lastWords };
}

/**
 * Waits until the process has become Node: by then it is in its cgroup and has its rights taken. Its command line
 * tells, which is set once a program runs; its name does not, which is still the orchestrator's for a moment after
 * the fork.
 */
async function becomesNode(
  pid: number | undefined,
  nodeBinary: string,
  exited: Promise<MemberExit>,
  signal: AbortSignal,
): Promise<void> {
  let ended = pid === undefined;
  void exited.then(() => {
    ended = true;
  });
  const deadlineMs = performance.now() + BECOMING_NODE_DEADLINE_MS;
  for (;;) {
    // Looked at after a pause only: a process can be Node before the spawn returns, and an abort of that same turn counts.
    await pause(BECOMING_NODE_POLL_MS);
    signal.throwIfAborted();
    if (ended) throw new Error('its process ended right away');
    if (programOf(pid) === nodeBinary) return;
    if (performance.now() > deadlineMs) {
      throw new Error(`its process did not become Node in ${BECOMING_NODE_DEADLINE_MS} ms`);
    }
  }
}

/** What a process was started as; null when it is gone. */
function programOf(pid: number | undefined): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 1)[0] ?? null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
