/**
 * The live page's server with a follower that stands still: nobody waits for it, neither those who read nor the end.
 */
import { once } from 'node:events';
import { appendFileSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { startLiveServer } from '@fleetfall/report/live/live-server.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';

const told = tellRun();
const lineOf = (record: object): string => `${JSON.stringify(record)}\n`;
/** More than a follower may leave unread, and than the kernel takes in for it. */
const BULK_BYTES = 48 * 1024 * 1024;
const BULKY = 256 * 1024;

/** A follower of the run: what it has been told until now. */
async function followerOf(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET /events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  const names: string[] = [];
  let tail = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const text = tail + chunk;
    names.push(...[...text.matchAll(/^event: (\w+)\n/gm)].map(([, name]) => name as string));
    tail = /(?:^|\n)[^\n]{0,40}$/.exec(text)?.[0] ?? '';
  });
  return { socket, names };
}

test('a follower that stands still is cut off, and the others are told everything up to the verdict', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'test-of-fleetfall-'));
  const journal = join(folder.path, 'journal.ndjson');
  writeFileSync(journal, lineOf(told[0] as object));
  await using server = await startLiveServer({
    journal,
    name: 'run',
    listen: { host: '127.0.0.1', port: 0 },
    token: null,
    commands: [],
    control: null,
  });
  const stalled = await followerOf(server.port);
  const reading = await followerOf(server.port);
  await expect.poll(() => [stalled.names[0], reading.names[0]]).toEqual(['snapshot', 'snapshot']);
  stalled.socket.pause();

  const filler = { kind: 'filler', monoMs: 1, atMs: 1, text: 'x'.repeat(BULKY) };
  for (let bytes = 0; bytes < BULK_BYTES; bytes += BULKY) {
    appendFileSync(journal, lineOf(filler));
    // The server is in this process: it needs its turns.
    await turn(5);
  }
  appendFileSync(journal, told.slice(1).map(lineOf).join(''));
  await expect.poll(() => reading.names.at(-1), { timeout: 30_000 }).toBe('verdict');

  stalled.socket.resume();
  await once(stalled.socket, 'close');
  expect(stalled.names).not.toContain('verdict');
  reading.socket.destroy();
});
