/**
 * The store as a program that is told to stop while members hold connections to it.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import { expect, test } from 'vitest';
import { freeEndpoint, SECRET, startProgram, untilReady } from '../../member/test/running-program.ts';
import { backEnd, temporaryFolder } from './running-metadata.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('it stops by itself, before it would be ended, and has its members when it is back', async () => {
  await using folder = await temporaryFolder();
  const listen = await freeEndpoint('127.0.0.4');
  using client = connectMetadata(listen, SECRET);
  for (const expected of [undefined, [backEnd('be-1')]]) {
    await using program = startProgram(MAIN, {
      role: 'metadata',
      runId: 'test',
      memberId: 'metadata-1',
      secret: SECRET,
      listen,
      dataDir: join(folder.path, 'metadata'),
      settings: { memberLeaseMs: 60_000 },
    });
    await untilReady(listen);
    if (expected !== undefined) expect((await client.membership())?.members).toEqual(expected);
    await client.heartbeat(backEnd('be-1'));
    expect(await program.stop()).toBe(0);
  }
});
