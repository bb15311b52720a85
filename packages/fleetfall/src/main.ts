/**
 * Entry point of the command line: reads the arguments, turns what a command comes to into an exit code. It ends the
 * process, since what could not be taken down in time may still hold it open: a connection to an engine that hangs.
 */
import process from 'node:process';
import { runCli } from '@fleetfall/orchestrator/cli/program.ts';

const exitCode = await runCli(process);
for (const stream of [process.stdout, process.stderr]) {
  // What is written is out before the end; a pipe that nobody reads any more is told as an error, and is as done.
  await new Promise<unknown>((resolve) => stream.write('', resolve));
}
process.exit(exitCode);
