/**
 * The command line: what it is given of the process, and what each kind of error comes to. Its commands with their
 * flags and help are in `commands.ts`.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { Command, CommanderError } from 'commander';
import { fleetsFolderOf } from '../keeper/fleet-folder.ts';
import { VerbRefusedError } from '../keeper/keeper-host.ts';
import { RuntimeUnavailableError } from '../runtime/runtime.ts';
import { TeardownError, workError } from '../runtime/take-down.ts';
import { FLEETFALL_VERSION } from '../version.ts';
import type { CommandContext } from './command-context.ts';
import { addCommands } from './commands.ts';
import { EXIT, SignalledError } from './exit-codes.ts';

/** How a stream says that nobody reads it any more: a pipe, a terminal. */
const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO']);

/** Runs the command line and returns its exit code. */
export async function runCli(proc: NodeJS.Process): Promise<number> {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    proc.on(name, () => ending.abort(new SignalledError(name)));
  }
  // A file that may grow no further (a quota, `ulimit -f`): the write's own error says so, where the signal would kill.
  proc.on('SIGXFSZ', () => undefined);
  // The launcher on an older Node waits at the other end of a channel: when it was killed, nobody waits any more.
  proc.on('disconnect', () => ending.abort(new SignalledError('SIGHUP')));
  proc.channel?.unref();
  for (const stream of [proc.stdout, proc.stderr]) {
    // `fleetfall run … | head`, a terminal that was closed, a full disk: Node tells each as an error of the stream,
    // and none of them may skip the teardown.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      ending.abort(READER_GONE.has(error.code ?? '') ? new SignalledError('SIGPIPE') : error);
    });
  }
  const context: CommandContext = {
    stdout: proc.stdout,
    stderr: proc.stderr,
    version: FLEETFALL_VERSION,
    environment: proc.env,
    fleetsFolder: fleetsFolderOf(proc.env.XDG_RUNTIME_DIR),
    signal: ending.signal,
  };
  let exitCode: number = EXIT.asExpected;
  const program = buildProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(proc.argv);
  } catch (error) {
    exitCode = explain(error, context);
  }
  // A stream tells a turn later that it could not be written to: what nobody could read was no success.
  await turn();
  if (exitCode === EXIT.asExpected && ending.signal.aborted) return explain(ending.signal.reason, context);
  return exitCode;
}

function buildProgram(context: CommandContext, done: (exitCode: number) => void): Command {
  const program = new Command('fleetfall')
    .description('The Amazon Kinesis outage of 25 November 2020, reproduced on a real mini-fleet.')
    .version(context.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .showHelpAfterError('(--help shows what is allowed)');
  addCommands(program, context, done);
  return program;
}

/** Tells an error to the user and says which exit code it is. */
function explain(thrown: unknown, { stderr }: CommandContext): number {
  const error = workError(thrown);
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.asExpected : EXIT.usage;
  }
  if (error instanceof SignalledError) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`fleetfall: ${message}\n`);
  if (error instanceof SettingsError) return EXIT.usage;
  if (error instanceof TeardownError) return EXIT.leftover;
  if (error instanceof VerbRefusedError) return error.exitCode;
  if (!(error instanceof RuntimeUnavailableError) && error instanceof Error && error.cause !== undefined) {
    stderr.write(`  because: ${error.cause instanceof Error ? error.cause.message : String(error.cause)}\n`);
  }
  return EXIT.harness;
}
