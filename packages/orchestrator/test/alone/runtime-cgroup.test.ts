/**
 * The cgroup runtime against this host's kernel. It needs the right to make cgroups.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPidsTree, pidsHierarchy } from '../../src/runtime/cgroup/pids-tree.ts';
import { resourceFolders } from '../../src/runtime/cgroup/resource-trees.ts';
import { RuntimeUnavailableError } from '../../src/runtime/runtime.ts';
import { probe, probeBoot, probeSpec } from '../fixtures/probe.ts';
import { describeMembers, freshRunId, never, openRuntime } from '../fixtures/runtime-behaviour.ts';

function reasonToSkip(): string | null {
  try {
    findPidsTree();
    return null;
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) return error.message;
    throw error;
  }
}

const skipped = reasonToSkip();
const title = skipped === null ? 'the cgroup runtime' : `the cgroup runtime (skipped: ${skipped})`;

async function remains(runId: string): Promise<string[]> {
  const places = [
    ...(pidsHierarchy()?.folders ?? []),
    ...resourceFolders('memory'),
    ...resourceFolders('cpu'),
    tmpdir(),
  ];
  return places
    .filter((place, index) => places.indexOf(place) === index)
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .filter((path) => path.includes(`fleetfall-${runId}-`))
    .flatMap((path) => [path, ...readdirSync(path).map((name) => join(path, name))])
    .filter((path) => /\/fleetfall-[^/]+$|\.\d+$/.test(path));
}

describe.skipIf(skipped !== null)(title, () => {
  describeMembers({ name: 'cgroup', remains });

  test('gives each member an address of its own that others can name before it starts', async () => {
    await using runtime = await openRuntime('cgroup');
    const [first, second] = [
      await runtime.createFleet(freshRunId(), 'a'),
      await runtime.createFleet(freshRunId(), 'b'),
    ];
    const addresses = [first.place(probeSpec('one')), first.place(probeSpec('two'))].map(
      ({ reachableAs }) => reachableAs,
    );
    expect(addresses[0]).toMatch(/^127\.(6[4-9]|[7-9]\d|1[0-8]\d|19[01])\.\d+\.1$/);
    expect(new Set([...addresses, second.place(probeSpec('one')).reachableAs]).size).toBe(3);
    const member = await first.start(probeSpec('one'), probeBoot('one'), never);
    expect(member.endpoint).toEqual({ host: addresses[0], port: 7400 });
  });

  test("keeps the orchestrator's environment from its members", async () => {
    await using runtime = await openRuntime('cgroup');
    const fleet = await runtime.createFleet(freshRunId(), 'bare');
    const member = await fleet.start(probeSpec('bare'), probeBoot('bare'), never);
    const { next, ask } = probe(member);
    await next();
    const { result } = await ask('read /proc/self/environ');
    const names = String(result)
      .split('\0')
      .map((line) => line.split('=')[0])
      .filter((name) => name !== '' && name !== 'PWD');
    expect(names.toSorted()).toEqual(['PATH', 'UV_THREADPOOL_SIZE']);
  });

  test.skipIf(process.getuid?.() !== 0)('lets what measures the fleet stand before it', async () => {
    await using runtime = await openRuntime('cgroup');
    const fleet = await runtime.createFleet(freshRunId(), 'measured');
    const load = await fleet.start(probeSpec('load'), probeBoot('load'), never);
    const { next, ask } = probe(load);
    await next();
    const { result: stat } = await ask('read /proc/self/stat');
    const [, behindName = ''] = String(stat).split(') ');
    expect(behindName.split(' ')[16]).toBe('-10');
    if (existsSync('/proc/self/autogroup')) {
      const { result: session } = await ask('read /proc/self/autogroup');
      expect(session).toMatch(/ nice -10\n$/);
    }
  });

  test("says when the limit that was reached is not the member's own", async () => {
    await using runtime = await openRuntime('cgroup');
    const runId = freshRunId();
    const fleet = await runtime.createFleet(runId, 'outer');
    const member = await fleet.start(probeSpec('inner'), probeBoot('inner'), never);
    const { next, ask } = probe(member);
    await next();
    const parent = (await remains(runId)).find(
      (path) => !path.startsWith(tmpdir()) && /fleetfall-[^/]+$/.test(path),
    );
    writeFileSync(join(parent ?? '', 'pids.max'), readFileSync(join(parent ?? '', 'pids.current'), 'utf8'));
    expect(await ask('threads 5')).toMatchObject({ made: 0 });
    expect(member.witness()?.ancestorAtLimit).toBe(true);
  });
});
