/**
 * The connection to a container's three streams, opened before the container starts so that nothing is missed. It
 * is how the member's end is known: when it breaks, either the container has ended or the engine has.
 */
import { constants } from 'node:os';
import { type Duplex, PassThrough } from 'node:stream';
import type { Container } from 'dockerode';
import { readMemberStreams } from '../member-streams.ts';
import type { MemberExit } from '../runtime.ts';
import { engineCall, statusOf } from './engine-call.ts';

/** How long an engine may take to note a container's end after its streams ended. */
const EXIT_DEADLINE_MS = 5_000;

export interface Attachment {
  readonly lines: AsyncIterable<string>;
  send(line: string): void;
  /** Resolves when the container ended, or nothing more can be heard of it. Never rejects. */
  readonly exited: Promise<MemberExit>;
  /** Breaks the connection off; the streams of a container that never started end in no other way. */
  close(): void;
}

/** @throws RuntimeUnavailableError, or the engine's refusal. */
export async function attachTo(container: Container, memberId: string): Promise<Attachment> {
  const attaching = container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const stream = (await engineCall(`attach to ${memberId}`, attaching)) as Duplex;
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  container.modem.demuxStream(stream, stdout, stderr);
  const streams = readMemberStreams(stdout, stderr);
  const over = Promise.withResolvers<void>();
  // An error of the connection is followed by its close; why it broke is asked of the engine then.
  stream.on('error', () => over.resolve());
  stream.once('end', over.resolve);
  stream.once('close', over.resolve);
  return {
    lines: streams.lines,
    send: (line) => void stream.write(`${line}\n`),
    close: () => void stream.destroy(),
    exited: over.promise.then(async () => {
      stream.destroy();
      stdout.end();
      stderr.end();
      await streams.ended;
      return exitOf(container, streams.lastWords());
    }),
  };
}

async function exitOf(container: Container, lastWords: string): Promise<MemberExit> {
  try {
    const waited = await engineCall('wait for a container', container.wait(), EXIT_DEADLINE_MS);
    const { StatusCode: status } = waited as { StatusCode: number };
    const signal = signalOf(status);
    return { code: signal === null ? status : null, signal, lastWords };
  } catch (error) {
    // Removed by force: that is our own doing, and it kills.
    if (statusOf(error) === 404) return { code: null, signal: 'SIGKILL', lastWords };
    const why = error instanceof Error ? error.message : String(error);
    return { code: null, signal: null, lastWords: `${lastWords}\nits streams broke off: ${why}`.trim() };
  }
}

/** A process ended by a signal is reported as 128 and the signal's number. */
function signalOf(status: number): string | null {
  const named = Object.entries(constants.signals).find(([, number]) => number === status - 128);
  return named?.[0] ?? null;
}
