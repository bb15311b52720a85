/**
 * The command line when what it writes to fails: it ends in order, with the exit code that says why.
 */
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { LAUNCHER } from '../../../test/launcher.ts';
import { runCli } from '../src/cli/program.ts';

/** A process with a standard output that fails so. */
function processWith(code: string): { proc: NodeJS.Process; told: () => string } {
  let stderr = '';
  const refused = Object.assign(new Error(`write ${code}`), { code });
  const proc = Object.assign(new EventEmitter(), {
    env: {},
    argv: ['node', 'fleetfall', '--help'],
    stdout: new Writable({ write: (_chunk, _encoding, done) => done(refused) }),
    stderr: new Writable({
      write(chunk, _encoding, done) {
        stderr += String(chunk);
        done();
      },
    }),
  });
  return { proc: proc as unknown as NodeJS.Process, told: () => stderr };
}

test.each(['EPIPE', 'EIO'])('a reader that is gone (%s) ends it as SIGPIPE would', async (code) => {
  const { proc, told } = processWith(code);
  expect(await runCli(proc)).toBe(141);
  expect(told()).toContain('ended by SIGPIPE');
});

test('any other refusal is told, and is no success', async () => {
  const { proc, told } = processWith('ENOSPC');
  expect(await runCli(proc)).toBe(70);
  expect(told()).toBe('fleetfall: write ENOSPC\n');
});

test('a full disk under standard output is no success', async () => {
  const { exitCode, stderr } = await execa(
    'sh',
    ['-c', '"$0" "$1" --help > /dev/full', process.execPath, LAUNCHER],
    {
      reject: false,
    },
  );
  expect(exitCode).toBe(70);
  expect(stderr).toMatch(/^fleetfall: .*ENOSPC/);
});
