/**
 * One fleet on an engine: a network of its own that leads nowhere else, and a container for each incarnation of a
 * member. Everything has a name known beforehand and the fleet's labels, so that the teardown finds what a start
 * made even when the engine's answer never came.
 */
import type Docker from 'dockerode';
import { NoMeansError } from '../member-network.ts';
import { createRuledNetwork } from '../network/ruled-network.ts';
import { type Owner, ownerMark } from '../owner.ts';
import { createRoster } from '../roster.ts';
import type { MemberSpec, RuntimeFleet, StartedMember } from '../runtime.ts';
import { type Attachment, attachTo } from './attachment.ts';
import { attachments, networkOf } from './container-network.ts';
import { containerOptions, DATA_FOLDER } from './container-options.ts';
import { dockerMember } from './docker-member.ts';
import { engineCall } from './engine-call.ts';
import { removeFleet } from './fleet-removal.ts';
import { fleetLabels } from './labels.ts';
import { removeContainer, removeVolume } from './removal.ts';
import { asStartError } from './start-error.ts';

export interface DockerFleetOptions {
  readonly docker: Docker;
  readonly image: string;
  readonly owner: Owner;
  readonly runId: string;
  readonly name: string;
}

export interface DockerFleet extends RuntimeFleet {
  /**
   * Makes the fleet's network, without which nothing starts.
   * @throws RuntimeUnavailableError, or the engine's refusal.
   */
  open(): Promise<void>;
}

/** A fleet of which nothing is made yet, and which can be disposed from now on. */
export function dockerFleet(options: DockerFleetOptions): DockerFleet {
  const { docker, image, owner, runId, name } = options;
  const prefix = `fleetfall-${runId}-${name}`;
  const labels = fleetLabels(owner, runId, name);
  const roster = createRoster<StartedMember>();
  let opening: Promise<void> | undefined;
  let disposal: Promise<void> | undefined;

  const containerName = (memberId: string, incarnation: number): string =>
    `${prefix}-${memberId}-${incarnation}`;
  const volumeName = (memberId: string): string => `${prefix}-${memberId}`;

  async function begin(
    spec: MemberSpec,
    incarnation: number,
    boot: string,
    signal: AbortSignal,
  ): Promise<StartedMember> {
    const { memberId } = spec;
    const name = containerName(memberId, incarnation);
    const volume = spec.durable ? volumeName(memberId) : null;
    const before = roster.latest(memberId);
    if (before !== undefined) await removeContainer(docker, containerName(memberId, before.incarnation));
    signal.throwIfAborted();
    if (volume !== null) {
      const making = docker.createVolume({ Name: volume, Labels: { ...labels } });
      await engineCall(`make volume ${volume}`, making);
      signal.throwIfAborted();
    }
    let attachment: Attachment | undefined;
    try {
      const plan = containerOptions({ spec, name, image, network: prefix, volume, labels });
      const container = await engineCall(`make container ${name}`, docker.createContainer(plan));
      signal.throwIfAborted();
      attachment = await attachTo(container, memberId);
      signal.throwIfAborted();
      await engineCall(`start container ${name}`, container.start());
      attachment.send(boot);
      const inspected = await engineCall(`inspect container ${name}`, container.inspect());
      signal.throwIfAborted();
      if (!inspected.State.Running) throw new Error('its container ended right away');
      return dockerMember(spec, incarnation, container, attachment, inspected);
    } catch (error) {
      await removeContainer(docker, name);
      attachment?.close();
      throw await asStartError(spec, error, attachment, signal);
    }
  }

  async function makeNetwork(): Promise<void> {
    const making = docker.createNetwork({
      Name: prefix,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      Labels: { ...labels },
    });
    await engineCall(`make network ${prefix}`, making);
  }

  /** Of the member's newest incarnation; undefined for one that was never started, or was removed. */
  function containerOf(memberId: string): Docker.Container | undefined {
    const member = roster.latest(memberId);
    return member && docker.getContainer(containerName(memberId, member.incarnation));
  }

  const network = createRuledNetwork({
    shared: false,
    async placeOf(memberId) {
      const container = containerOf(memberId);
      const address = roster.latest(memberId)?.endpoint.host;
      if (container === undefined || address === undefined) {
        throw new NoMeansError(`'${memberId}' was never started`);
      }
      return { memberId, address, namespace: await networkOf(container, memberId) };
    },
    tableOf: (fault) => `${prefix}-${fault}.${ownerMark(owner)}`,
  });

  return {
    network: {
      ...network,
      ...attachments({
        network: docker.getNetwork(prefix),
        name: prefix,
        placeOf(memberId) {
          const container = containerOf(memberId);
          return container && { container, alias: memberId };
        },
      }),
    },
    open() {
      opening ??= makeNetwork();
      return opening;
    },
    place: ({ memberId }) => ({ listenHost: 'own', reachableAs: memberId, dataDir: DATA_FOLDER }),
    start: (spec, boot, signal) =>
      roster.admit(spec, signal, (incarnation, until) =>
        begin(spec, incarnation, JSON.stringify(boot), until),
      ),
    async remove(memberId) {
      const member = roster.latest(memberId);
      if (member === undefined) return;
      await removeContainer(docker, containerName(memberId, member.incarnation));
      await member.exited;
      await removeVolume(docker, volumeName(memberId));
      roster.forget(memberId);
    },
    [Symbol.asyncDispose]() {
      disposal ??= removeFleet({
        docker,
        runId,
        name,
        roster,
        network,
        // Whoever asked for the network hears how that ended; here it only matters that it has.
        quiet: () => Promise.allSettled([opening]),
      });
      return disposal;
    },
  };
}
