/**
 * Runs a command of the host in a network namespace: the host's own, or that of a member's process. Only the network
 * is entered: the command is the host's, in the orchestrator's own cgroup, so that a member's counters do not see it.
 */
import { execa } from 'execa';
import { NoMeansError } from '../member-network.ts';

/** nft and node answer in tens of milliseconds; a command that takes so long hangs. */
const COMMAND_DEADLINE_MS = 15_000;

export interface NetworkNamespace {
  /** What a command is put behind; empty for the host's own namespace. */
  readonly enter: readonly string[];
}

export const HOST_NAMESPACE: NetworkNamespace = { enter: [] };

/** @param pid a process of this host, in this pid namespace. */
export function namespaceOf(pid: number): NetworkNamespace {
  return { enter: ['nsenter', `--target=${pid}`, '--net', '--'] };
}

/** How a command ended. */
export interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it said of its failure, in one line. */
  readonly failure: string;
}

/**
 * Runs a command to its end.
 * @throws NoMeansError when the host has no such command.
 */
export async function runIn(
  { enter }: NetworkNamespace,
  command: readonly string[],
  input = '',
): Promise<Ended> {
  const [file, ...rest] = [...enter, ...command] as [string, ...string[]];
  const ended = await execa(file, rest, { input, reject: false, timeout: COMMAND_DEADLINE_MS });
  const missing = ended.code === 'ENOENT' ? file : missingAfterEntering(ended.stderr);
  if (missing !== null) throw new NoMeansError(`this host has no '${missing}'`);
  const failure = ended.timedOut ? `it took longer than ${COMMAND_DEADLINE_MS} ms` : saidOf(ended.stderr);
  return { ok: !ended.failed, stdout: ended.stdout, failure };
}

/** The line of a command's last words that names its error, or else the first. */
export function saidOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => line.includes('Error: ')) ?? lines[0] ?? '';
}

/** nsenter(1) says so itself when it finds no program to become. */
function missingAfterEntering(stderr: string): string | null {
  return /^nsenter: failed to execute (\S+): No such file/m.exec(stderr)?.[1] ?? null;
}
