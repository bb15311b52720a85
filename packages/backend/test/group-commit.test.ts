/**
 * What the log does when the disk refuses: no acknowledged record lies behind a hole. A disk that is full is
 * tried with the real program in `process.test.ts`; an fdatasync that fails cannot be had from a healthy machine.
 */
import { expect, test } from 'vitest';
import { startGroupCommit } from '../src/storage/group-commit.ts';
import type { LogFile } from '../src/storage/log-file.ts';

/** A file in memory whose operations fail when told to. */
class FailingFile implements LogFile {
  bytes = Buffer.alloc(0);
  failing: 'write' | 'sync' | 'truncate' | 'nothing' = 'nothing';
  read(position: number, length: number): Promise<Buffer> {
    return Promise.resolve(this.bytes.subarray(position, position + length));
  }
  async write(bytes: Uint8Array, position: number): Promise<void> {
    // As a disk that fills up: a part of it lands.
    const landed = this.failing === 'write' || this.failing === 'truncate' ? bytes.subarray(0, 10) : bytes;
    this.bytes = Buffer.concat([this.bytes.subarray(0, position), landed]);
    if (landed !== bytes) throw new Error('ENOSPC');
  }
  async sync(): Promise<void> {
    if (this.failing === 'sync') throw new Error('EIO');
  }
  async truncate(length: number): Promise<void> {
    if (this.failing === 'truncate') throw new Error('EIO');
    this.bytes = this.bytes.subarray(0, length);
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

const record = (text: string) => [
  { shard: 'orders/one', partitionKey: 'key', data: Buffer.from(text) } as const,
];

function startOn(file: LogFile, committed: number[]): ReturnType<typeof startGroupCommit> {
  return startGroupCommit({
    file,
    end: 0,
    lastSequence: 0,
    onCommitted: ({ offset }) => committed.push(offset),
    log: () => undefined,
  });
}

test('a batch that could not be written fails and is cut off, and the next lies where it began', async () => {
  const file = new FailingFile();
  const committed: number[] = [];
  await using commit = startOn(file, committed);
  await commit.append(record('first'));
  const { length } = file.bytes;

  file.failing = 'write';
  await expect(commit.append(record('refused'))).rejects.toThrow('could not be written');
  expect(file.bytes.length).toBe(length);

  file.failing = 'nothing';
  await commit.append(record('second'));
  expect(committed).toEqual([0, length]);
  expect(file.bytes.toString()).not.toContain('refused');
});

test.each(['sync', 'truncate'] as const)('after a failed %s every append is refused', async (failing) => {
  const file = new FailingFile();
  const committed: number[] = [];
  await using commit = startOn(file, committed);
  file.failing = failing;
  const together = [commit.append(record('one')), commit.append(record('two'))];
  for (const { status } of await Promise.allSettled(together)) expect(status).toBe('rejected');

  file.failing = 'nothing';
  await expect(commit.append(record('three'))).rejects.toThrow('until a restart');
  expect(committed).toEqual([]);
});
