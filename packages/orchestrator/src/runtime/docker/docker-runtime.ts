/**
 * The reference runtime: each member a container on an engine, by dockerode. It holds no more than a connection;
 * what it makes belongs to fleets and goes with them, the fleet's image alone stays for the next run.
 */
import { cpus } from 'node:os';
import type { HostFacts } from '@fleetfall/journal/records.ts';
import { BaseImageError } from '../../kit/image/base-image.ts';
import { ensureImage } from '../../kit/image/ensure-image.ts';
import type { Kit } from '../../kit/kit.ts';
import { currentOwner } from '../owner.ts';
import { type Runtime, type RuntimeFleet, RuntimeUnavailableError } from '../runtime.ts';
import { disposeAll } from '../take-down.ts';
import type { FoundEngine } from './connect.ts';
import { dockerFleet } from './docker-fleet.ts';
import { engineCall } from './engine-call.ts';
import { isThisHost } from './engine-facts.ts';

/** Measured: four starts at a time are as good as all at once. */
const CONCURRENT_STARTS = 4;
/** A local engine answers in milliseconds, one over a network in tens of them. */
const PING_DEADLINE_MS = 2_000;

interface EngineInfo {
  readonly Name: string;
  readonly KernelVersion: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly PidsLimit?: boolean;
}

export interface DockerRuntimeOptions {
  readonly engine: FoundEngine;
  readonly kit: Kit;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** @throws RuntimeUnavailableError when the engine does not answer within 2 s. */
export async function askEngine({ docker, from }: FoundEngine): Promise<void> {
  await engineCall(`reach the engine of ${from}`, docker.ping(), PING_DEADLINE_MS);
}

/** An engine that members can be started on. */
export interface ReadyEngine {
  /** The fleet's image. */
  readonly image: string;
  readonly version: string;
  readonly host: HostFacts;
}

/**
 * Makes sure that the engine limits tasks and has the fleet's image.
 * @throws RuntimeUnavailableError when it cannot.
 */
export async function readyEngine(options: DockerRuntimeOptions): Promise<ReadyEngine> {
  const { engine, kit, onProgress, signal } = options;
  const { docker } = engine;
  const info = (await engineCall('ask the engine what it is', docker.info())) as EngineInfo;
  if (info.PidsLimit === false) {
    throw new RuntimeUnavailableError(
      `The engine of ${engine.from} cannot limit tasks: its kernel has no pids controller`,
    );
  }
  signal.throwIfAborted();
  const image = await ensureImage(docker, kit, onProgress, signal).catch((error: unknown) => {
    if (!(error instanceof BaseImageError)) throw error;
    throw new RuntimeUnavailableError(error.message, { cause: error });
  });
  return { image, version: info.ServerVersion, host: hostFacts(info, kit) };
}

/**
 * Opens the runtime.
 * @throws RuntimeUnavailableError when the engine cannot limit tasks or be given the fleet's image.
 */
export async function openDockerRuntime(options: DockerRuntimeOptions): Promise<Runtime> {
  const { engine } = options;
  const { docker } = engine;
  const { image, version, host } = await readyEngine(options);
  const owner = currentOwner();
  const fleets: RuntimeFleet[] = [];
  return {
    name: 'docker',
    reason: `Docker ${version} answers at ${engine.from}`,
    host,
    engine: engine.environment,
    concurrentStarts: CONCURRENT_STARTS,
    async createFleet(runId, name) {
      const fleet = dockerFleet({ docker, image, owner, runId, name });
      // Before anything is made: a teardown that comes meanwhile takes the network too.
      fleets.push(fleet);
      await fleet.open();
      return fleet;
    },
    [Symbol.asyncDispose]: () => disposeAll('the docker runtime', fleets),
  };
}

/** Facts about the engine's host, which need not be this one. */
function hostFacts(info: EngineInfo, kit: Kit): HostFacts {
  return {
    kernel: info.KernelVersion,
    cores: info.NCPU,
    memoryBytes: info.MemTotal,
    node: kit.nodeVersion,
    cgroupVersion: info.CgroupVersion === '1' ? 1 : info.CgroupVersion === '2' ? 2 : null,
    engine: `Docker ${info.ServerVersion}`,
    cpuModel: isThisHost(info) ? (cpus()[0]?.model ?? null) : null,
  };
}
