/**
 * The docker runtime against the engine of this host. Without one it is skipped, unless FLEETFALL_REQUIRE_DOCKER
 * says that there must be one.
 */
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEngine } from '../../src/runtime/docker/connect.ts';
import { askEngine, openDockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import { removeContainer, removeNetwork } from '../../src/runtime/docker/removal.ts';
import { type Runtime, type RuntimeFleet, RuntimeUnavailableError } from '../../src/runtime/runtime.ts';
import { engineProxy } from '../fixtures/engine-proxy.ts';
import { remainsOnEngine } from '../fixtures/engine-remains.ts';
import { makeProbeKit, type Probe, probe, probeBoot, probeSpec } from '../fixtures/probe.ts';
import {
  describeMembers,
  FLEET_TEST_MS,
  freshRunId,
  never,
  openRuntime,
} from '../fixtures/runtime-behaviour.ts';

async function reasonToSkip(): Promise<string | null> {
  try {
    await askEngine(await findEngine(process.env));
    return null;
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) return error.message;
    throw error;
  }
}

const skipped = await reasonToSkip();
const required = process.env.FLEETFALL_REQUIRE_DOCKER !== undefined;
const title = skipped === null ? 'the docker runtime' : `the docker runtime (skipped: ${skipped})`;

test.runIf(required)('an engine answers, as FLEETFALL_REQUIRE_DOCKER asks', () => {
  expect(skipped).toBeNull();
});

describe.skipIf(skipped !== null)(title, () => {
  describeMembers({ name: 'docker', remains: remainsOnEngine });

  describe('a container', () => {
    const runId = freshRunId();
    let runtime: Runtime;
    let fleet: RuntimeFleet;
    let inside: Probe;
    let inspected: Docker.ContainerInspectInfo;

    beforeAll(async () => {
      runtime = await openRuntime('docker');
      fleet = await runtime.createFleet(runId, 'main');
      const spec = probeSpec('inmate', { pidsMax: 64, durable: true });
      inside = probe(await fleet.start(spec, probeBoot('inmate'), never));
      await inside.next();
      const name = `fleetfall-${runId}-main-inmate-1`;
      inspected = await (await findEngine(process.env)).docker.getContainer(name).inspect();
    }, FLEET_TEST_MS);
    afterAll(() => runtime?.[Symbol.asyncDispose](), FLEET_TEST_MS);

    test('runs as a user without rights, all capabilities dropped', async () => {
      expect(inspected.Config.User).toBe('65532:65532');
      expect(inspected.HostConfig).toMatchObject({
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Privileged: false,
        PidsLimit: 64,
        // The probe is started as a load, which measures the fleet.
        CpuShares: 9_548,
      });
      expect(await inside.ask('rights')).toEqual({
        kind: 'rights',
        uid: 65532,
        capabilities: '0000000000000000',
        bounding: '0000000000000000',
        noNewPrivileges: '1',
      });
    });

    test('can write to its data and to /tmp, and to nothing else', async () => {
      expect(inspected.HostConfig.ReadonlyRootfs).toBe(true);
      expect(await inside.ask('write /app/new.mjs')).toMatchObject({ result: 'EROFS' });
      expect(await inside.ask('write /data/new')).toMatchObject({ result: 'undefined' });
      expect(await inside.ask('write /tmp/new')).toMatchObject({ result: 'undefined' });
    });

    test('is on a network that leads nowhere, where its id is its name, and publishes no port', async () => {
      const network = await (await findEngine(process.env)).docker
        .getNetwork(`fleetfall-${runId}-main`)
        .inspect();
      expect(network.Internal).toBe(true);
      expect(Object.keys(inspected.NetworkSettings.Networks)).toEqual([`fleetfall-${runId}-main`]);
      expect(Object.values(inspected.NetworkSettings.Ports).flat().filter(Boolean)).toEqual([]);
      const { address } = await inside.ask('resolve inmate');
      expect(address).toBe(Object.values(inspected.NetworkSettings.Networks)[0]?.IPAddress);
    });

    test('is given no secret where an inspection shows it', () => {
      expect(JSON.stringify(inspected)).not.toContain('"secret"');
      expect(inspected.Config.Env.filter((line) => line.startsWith('UV_'))).toEqual(['UV_THREADPOOL_SIZE=4']);
    });
  });

  test('a member that the engine cannot start says why, and leaves no container', async () => {
    await using own = await openRuntime('docker');
    const runId = freshRunId();
    const homeless = await own.createFleet(runId, 'homeless');
    await removeNetwork((await findEngine(process.env)).docker, `fleetfall-${runId}-homeless`);
    const starting = homeless.start(probeSpec('lost'), probeBoot('lost'), never);
    await expect(starting).rejects.toThrow(/^Cannot start 'lost': .*network/);
    expect(await remainsOnEngine(runId)).toEqual([]);
  });

  test('members hear of an engine that goes away, and calls say so', async () => {
    const runId = freshRunId();
    await using proxy = await engineProxy();
    const runtime = await openDockerRuntime({
      engine: {
        docker: new Docker({ socketPath: proxy.socketPath }),
        from: 'a proxy',
        environment: {},
        forTools: {},
      },
      kit: await makeProbeKit(),
      onProgress: () => undefined,
      signal: never,
    });
    const fleet = await runtime.createFleet(runId, 'cut');
    try {
      const member = await fleet.start(probeSpec('cut-off'), probeBoot('cut-off'), never);
      await probe(member).next();
      proxy.cut();
      expect((await member.exited).lastWords).toMatch(/its streams broke off: .*engine is not there/);
      await expect(member.stop()).rejects.toThrow(RuntimeUnavailableError);
      await expect(fleet[Symbol.asyncDispose]()).rejects.toThrow(/Cannot take down .*engine is not there/);
    } finally {
      const { docker } = await findEngine(process.env);
      await removeContainer(docker, `fleetfall-${runId}-cut-cut-off-1`);
      await removeNetwork(docker, `fleetfall-${runId}-cut`);
    }
  });
});
