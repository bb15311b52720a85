/**
 * The life of every process of the fleet: boot line, start, serve, stop. The boot line comes on standard input, whose
 * end ends the member, since then the one who started it is gone and nobody would take it down; or, in a compose lab,
 * from the file that the command line names. SIGTERM and SIGINT stop a member either way. What a role does is its own.
 */
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { BootLine } from '@fleetfall/protocol/boot.ts';
import { bootLineFromFile } from './boot-file.ts';

/** How long a member may take to leave before it is ended all the same. */
const STOP_DEADLINE_MS = 2_000;

/** What a role gets besides its boot line. */
export interface MemberContext {
  /** Aborted when the member is to stop. */
  readonly signal: AbortSignal;
  /** Writes one record to standard output. */
  emit(record: object): void;
  /** What was written to standard output and nobody has taken yet. */
  unreadBytes(): number;
  /** Writes one line to standard error. */
  log(message: string): void;
}

/** A started member. `command` receives the lines that follow the boot line. */
export interface StartedMember extends AsyncDisposable {
  command?(line: string): Promise<void> | void;
}

/**
 * Runs a member to its end.
 * @param proc the process: its streams and signals, and its first argument, the file to boot from.
 * @returns the exit code: 0 after an orderly stop, 64 for a boot line that is not this role's, 70 when the start failed.
 */
export async function runMember<Boot extends BootLine>(
  proc: NodeJS.Process,
  role: Boot['role'],
  start: (boot: Boot, context: MemberContext) => Promise<StartedMember>,
): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) proc.on(signal, () => stopping.abort());
  const context: MemberContext = {
    signal: stopping.signal,
    emit: (record) => proc.stdout.write(`${JSON.stringify(record)}\n`),
    unreadBytes: () => proc.stdout.writableLength,
    log: (message) => proc.stderr.write(`${role}: ${message}\n`),
  };

  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const bootFile = proc.argv[2];
  const lines =
    bootFile === undefined ? createInterface({ input: proc.stdin })[Symbol.asyncIterator]() : null;
  const first = lines?.next().then(({ value }) => value as string | undefined);
  let line: string | undefined;
  try {
    line = await Promise.race([
      first ?? bootLineFromFile(bootFile as string, stopping.signal),
      stopped.then(() => undefined),
    ]);
  } catch (error) {
    context.log(`Cannot boot from ${bootFile}: ${error instanceof Error ? error.message : String(error)}`);
    return 64;
  }
  if (stopping.signal.aborted) return 0;
  const boot = parseBootLine(role, line);
  if (typeof boot === 'string') {
    context.log(boot);
    return 64;
  }
  await warmThreadPool();

  let member: StartedMember;
  try {
    member = await start(boot as Boot, context);
  } catch (error) {
    context.log(`could not start: ${error instanceof Error ? error.message : String(error)}`);
    return 70;
  }
  await (lines === null ? stopped : Promise.race([stopped, readCommands(lines, member, context)]));
  stopping.abort();

  const deadline = setTimeout(() => {
    context.log(`did not stop within ${STOP_DEADLINE_MS} ms`);
    proc.exit(70);
  }, STOP_DEADLINE_MS);
  await member[Symbol.asyncDispose]();
  clearTimeout(deadline);
  return 0;
}

/** Starts the libuv pool's threads now: the base thread count is then constant, and no later call needs one. */
async function warmThreadPool(): Promise<void> {
  await stat('/');
}

function parseBootLine(role: string, line: string | undefined): BootLine | string {
  if (line === undefined) return 'Cannot boot: there is no boot line: standard input ended before it';
  let boot: unknown;
  try {
    boot = JSON.parse(line);
  } catch {
    return 'Cannot boot: the first line of standard input must be one JSON object';
  }
  const named = (boot as { role?: unknown } | null)?.role;
  if (named !== role)
    return `Cannot boot: the boot line must be for role '${role}': current value is '${String(named)}'`;
  return boot as BootLine;
}

async function readCommands(
  lines: AsyncIterator<string>,
  member: StartedMember,
  context: MemberContext,
): Promise<void> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (member.command === undefined) context.log('takes no commands: a line was left unread');
    else await member.command(next.value);
  }
}
