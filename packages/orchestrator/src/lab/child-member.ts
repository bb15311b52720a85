/**
 * Observer and load as processes of the lab's own container, driven over their standard streams as the orchestrator
 * drives them in a run.
 */
import type { LoadBoot, ObserverBoot } from '@fleetfall/protocol/boot.ts';
import { execa } from 'execa';
import type { AttachedMember } from '../fleet/attached.ts';
import { readMemberStreams } from '../runtime/member-streams.ts';

/** SIGKILL follows SIGTERM after this long: sooner than the engine kills the container. */
const STOP_GRACE_MS = 2_000;

export interface ChildMember extends AttachedMember, AsyncDisposable {}

/** Starts a role from a file of the kit and hands it its boot line. */
export function startChild(file: string, boot: ObserverBoot | LoadBoot): ChildMember {
  const subprocess = execa(process.execPath, [file], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    forceKillAfterDelay: STOP_GRACE_MS,
  });
  // A child that ended reads no more: `exited` says so, and the failed write adds nothing to it.
  subprocess.stdin.on('error', () => undefined);
  const streams = readMemberStreams(subprocess.stdout, subprocess.stderr);
  const exited = subprocess.then(async ({ exitCode, signal }) => {
    await streams.ended;
    return { code: exitCode ?? null, signal: signal ?? null, lastWords: streams.lastWords() };
  });
  const send = (line: string): void => void subprocess.stdin.write(`${line}\n`);
  send(JSON.stringify(boot));
  return {
    spec: { role: boot.role },
    lines: streams.lines,
    send,
    exited,
    async [Symbol.asyncDispose]() {
      subprocess.kill('SIGTERM');
      await exited;
    },
  };
}
