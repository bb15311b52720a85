/** What a member says is kept for its reader up to a bound, in lines and in bytes, and what was not is told. */
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readMemberStreams } from '../src/runtime/member-streams.ts';

const BLOCK = `${'h'.repeat(64 * 1024)}\n`;

function streams() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  return { stdout, stderr, read: readMemberStreams(stdout, stderr) };
}

/** All that was written has been taken in. */
async function taken(stream: PassThrough): Promise<void> {
  while (stream.readableLength > 0 || stream.writableLength > 0) await nextTurn();
}

async function readAll(lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const _line of lines) count += 1;
  return count;
}

test('what came before its reader is kept for it', async () => {
  const { stdout, stderr, read } = streams();
  for (let block = 0; block < 100; block += 1) stdout.write(BLOCK);
  await taken(stdout);
  stdout.end();
  stderr.end();
  expect(await readAll(read.lines)).toBe(100);
});

test.each([
  ['few long lines', BLOCK, 1_100],
  ['many short ones', 'x\n', 20_100],
])(
  'of %s that nobody reads no more are kept than the bound, and the reader hears what was lost',
  async (_what, line, count) => {
    const { stdout, read } = streams();
    for (let written = 0; written < count; written += 1) {
      stdout.write(line);
      if (written % 100 === 0) await taken(stdout);
    }
    await taken(stdout);
    await expect(readAll(read.lines)).rejects.toThrow(/^\d+ lines were lost: nobody read them for too long$/);
  },
);

test('a reader that left, as one does whose disk is full, has nothing kept for it', async () => {
  const { stdout, stderr, read } = streams();
  stdout.write(`first\n${BLOCK}`);
  for await (const line of read.lines) {
    expect(line).toBe('first');
    break;
  }
  for (let block = 0; block < 1_100; block += 1) stdout.write(BLOCK);
  await taken(stdout);
  stdout.end();
  stderr.end();
  await read.ended;
  expect(await readAll(read.lines)).toBe(0);
});
