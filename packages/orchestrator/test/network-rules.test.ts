/**
 * Rules in this host's own network: put there whole or not at all, and removed when their run is dead. They need
 * root and nft(8).
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { NoMeansError } from '../src/runtime/member-network.ts';
import { startDelayProxy } from '../src/runtime/network/delay-proxy.ts';
import { HOST_NAMESPACE, runIn } from '../src/runtime/network/namespace.ts';
import { bandsOn, delayOn, netemIn } from '../src/runtime/network/netem.ts';
import { addTable, listTables, readTable, removeTable } from '../src/runtime/network/nft.ts';
import { pruneNetwork } from '../src/runtime/network/prune-network.ts';
import { dropInOwn, dropInShared, turnIncoming, turnOutgoing } from '../src/runtime/network/rules.ts';
import { currentOwner, ownerMark } from '../src/runtime/owner.ts';

/** Far from the addresses that fleets are given. */
const [LEFT, RIGHT] = ['127.250.0.1', '127.250.0.2'];

async function reasonToSkip(): Promise<string | null> {
  try {
    const { ok, failure } = await runIn(HOST_NAMESPACE, ['nft', 'list', 'tables']);
    return ok ? null : failure;
  } catch (error) {
    if (error instanceof NoMeansError) return error.message;
    throw error;
  }
}

async function deadOwnerMark(): Promise<string> {
  const subprocess = execa(process.execPath, ['-e', '']);
  const { pid } = subprocess;
  await subprocess;
  return ownerMark({ ...currentOwner(), pid: pid as number });
}

test('a command that the host does not have is no means, inside of a network too', async () => {
  await expect(runIn(HOST_NAMESPACE, ['no-such-command'])).rejects.toThrow(
    new NoMeansError("this host has no 'no-such-command'"),
  );
});

test('a share of packets is drawn by chance, all of them are not', () => {
  expect(dropInShared([LEFT], [RIGHT], 1)[0]?.rules).toEqual([
    `ip saddr { ${LEFT} } ip daddr { ${RIGHT} } counter drop`,
    `ip saddr { ${RIGHT} } ip daddr { ${LEFT} } counter drop`,
  ]);
  expect(dropInOwn(LEFT, [RIGHT], 0.025).flatMap(({ rules }) => rules)).toEqual([
    `ip saddr { ${LEFT} } ip daddr { ${RIGHT} } numgen random mod 10000 < 250 counter drop`,
    `ip saddr { ${RIGHT} } ip daddr { ${LEFT} } numgen random mod 10000 < 250 counter drop`,
  ]);
});

test('the kernel delays what goes to the others, and nothing else', () => {
  expect(bandsOn('eth0').join(' ')).toBe(
    'tc qdisc add dev eth0 root handle 1: prio bands 2 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
  );
  expect(delayOn('eth0', [LEFT, RIGHT], 200)).toBe(
    [
      'qdisc add dev eth0 parent 1:2 handle 20: netem delay 200ms limit 100000',
      `filter add dev eth0 parent 1: protocol ip prio 1 u32 match ip dst ${LEFT}/32 flowid 1:2`,
      `filter add dev eth0 parent 1: protocol ip prio 1 u32 match ip dst ${RIGHT}/32 flowid 1:2`,
      '',
    ].join('\n'),
  );
  const listed = [
    { kind: 'prio', handle: '1:', root: true, packets: 9 },
    { kind: 'netem', handle: '20:', parent: '1:2', options: { limit: 100_000 }, packets: 4 },
  ];
  expect(netemIn(JSON.stringify(listed))).toEqual({ rules: 1, hits: 4 });
  expect(netemIn(JSON.stringify(listed.slice(0, 1)))).toBe(null);
});

const skipped = await reasonToSkip();
const title = skipped === null ? "the host's nftables" : `the host's nftables (skipped: ${skipped})`;

describe.skipIf(skipped !== null)(title, () => {
  test('take every kind of rule, tell their counts, and lose them again', async () => {
    const table = `fleetfall-${process.pid}-rules-test-kinds.${ownerMark(currentOwner())}`;
    try {
      await addTable(HOST_NAMESPACE, table, [
        ...dropInShared([LEFT], [RIGHT], 0.5),
        ...turnOutgoing([{ from: LEFT, to: RIGHT, port: 7401 }]),
        ...turnIncoming(LEFT, [RIGHT], 7402),
      ]);
      expect(await readTable(HOST_NAMESPACE, table)).toEqual({ rules: 6, hits: 0 });
    } finally {
      await removeTable(HOST_NAMESPACE, table);
    }
    expect(await readTable(HOST_NAMESPACE, table)).toBeNull();
    await removeTable(HOST_NAMESPACE, table);
  });

  test('are left as they were when one rule of many is refused', async () => {
    const table = `fleetfall-${process.pid}-rules-test-refused.${ownerMark(currentOwner())}`;
    const chain = { name: 'leaving', hook: 'type filter hook output priority 0' };
    const chains = [{ ...chain, rules: [`ip saddr ${LEFT} drop`, 'no such rule'] }];
    await expect(addTable(HOST_NAMESPACE, table, chains)).rejects.toThrow(NoMeansError);
    expect(await readTable(HOST_NAMESPACE, table)).toBeNull();
  });

  test('of a dead run are found and removed, those of a living one are left alone', async () => {
    const [dead, living] = [await deadOwnerMark(), ownerMark(currentOwner())].map(
      (mark) => `fleetfall-${process.pid}-rules-test-prune.${mark}`,
    ) as [string, string];
    try {
      for (const table of [dead, living]) {
        await addTable(HOST_NAMESPACE, table, dropInShared([LEFT], [RIGHT], 1));
      }
      const fates = async (check: boolean): Promise<Record<string, string | null>> =>
        Object.fromEntries(
          (await pruneNetwork(check))
            .filter(({ name }) => name.includes(`-${process.pid}-rules-test-`))
            .map(({ name, keptBecause }) => [name, keptBecause]),
        );
      const found = { [dead]: null, [living]: expect.stringMatching(/its run is alive/) };
      expect(await fates(true)).toEqual(found);
      expect(await listTables(HOST_NAMESPACE)).toContain(dead);
      expect(await fates(false)).toEqual(found);
      expect(await listTables(HOST_NAMESPACE)).not.toContain(dead);
      expect(await listTables(HOST_NAMESPACE)).toContain(living);
    } finally {
      for (const table of [dead, living]) await removeTable(HOST_NAMESPACE, table);
    }
  });
});

test('the fault proxy holds what is sent through it, and ends with its disposal', async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, RIGHT);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy = await startDelayProxy(HOST_NAMESPACE, [{ at: LEFT, to: { host: RIGHT, port } }], 60);
  const socket = connect({ host: LEFT, port: proxy.ports[0] as number });
  await once(socket, 'connect');
  const sentMs = performance.now();
  socket.write('there and back');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('there and back');
  expect(performance.now() - sentMs).toBeGreaterThan(55);
  const closed = new Promise((resolve) => socket.resume().on('error', resolve).on('close', resolve));
  await proxy[Symbol.asyncDispose]();
  expect(proxy.running()).toBe(false);
  await closed;
  server.close();
});

test('the fault proxy says why it cannot listen, and leaves no process', async () => {
  const route = { at: '192.0.2.1', to: { host: RIGHT, port: 7400 } };
  await expect(startDelayProxy(HOST_NAMESPACE, [route], 10)).rejects.toThrow(
    /^the fault proxy did not start: .*EADDRNOTAVAIL.* 192\.0\.2\.1/,
  );
});
