/**
 * One fleet as a compose project of its own. Compose makes the network, the volumes and the containers, and scales the
 * front-ends; what it has no words for, such as one container of a service to be stopped, limited or spoken to, is asked of the
 * engine, where the container is the same as any other. A restarted member is a new container.
 */
import type { Container } from 'dockerode';
import { type Attachment, attachTo } from '../docker/attachment.ts';
import type { FoundEngine } from '../docker/connect.ts';
import { attachments, networkOf } from '../docker/container-network.ts';
import { DATA_FOLDER } from '../docker/container-options.ts';
import { dockerMember } from '../docker/docker-member.ts';
import { engineCall } from '../docker/engine-call.ts';
import { removeFleet } from '../docker/fleet-removal.ts';
import { fleetLabels } from '../docker/labels.ts';
import { removeContainer, removeVolume } from '../docker/removal.ts';
import { asStartError } from '../docker/start-error.ts';
import { NoMeansError } from '../member-network.ts';
import { createRuledNetwork } from '../network/ruled-network.ts';
import { type Owner, ownerMark } from '../owner.ts';
import { createRoster } from '../roster.ts';
import type { MemberSpec, RuntimeFleet, StartedMember } from '../runtime.ts';
import { type LabFile, NETWORK, serviceOf } from './compose-document.ts';
import { composeStarts } from './compose-starts.ts';
import type { ComposeTool } from './compose-tool.ts';

export interface ComposeFleetOptions {
  readonly engine: FoundEngine;
  readonly tool: ComposeTool;
  readonly file: LabFile;
  readonly image: string;
  readonly owner: Owner;
  readonly runId: string;
  readonly name: string;
}

/** A fleet of which nothing is made before its first member. */
export function composeFleet({
  engine,
  tool,
  file,
  image,
  owner,
  runId,
  name,
}: ComposeFleetOptions): RuntimeFleet {
  const { docker } = engine;
  const project = `fleetfall-${runId}-${name}`;
  const roster = createRoster<StartedMember>();
  const labels = fleetLabels(owner, runId, name);
  const starts = composeStarts({ engine, tool, file, project, image, labels });
  /** The newest of each member, running or ended. */
  const containers = new Map<string, Container>();
  let disposal: Promise<void> | undefined;

  async function begin(
    spec: MemberSpec,
    incarnation: number,
    boot: string,
    signal: AbortSignal,
  ): Promise<StartedMember> {
    const { memberId } = spec;
    let container: Container | undefined;
    let attachment: Attachment | undefined;
    try {
      container = await starts.bringUp(spec, signal);
      signal.throwIfAborted();
      attachment = await attachTo(container, memberId);
      const inspected = await engineCall(`inspect the container of ${memberId}`, container.inspect());
      signal.throwIfAborted();
      if (!inspected.State.Running) throw new Error('its container ended right away');
      attachment.send(boot);
      const member = dockerMember(spec, incarnation, container, attachment, inspected);
      const mine = container;
      void member.exited.then(() => starts.letGo(mine));
      containers.set(memberId, mine);
      return member;
    } catch (error) {
      if (container !== undefined) {
        starts.letGo(container);
        await removeContainer(docker, container.id);
      }
      attachment?.close();
      throw await asStartError(spec, error, attachment, signal);
    }
  }

  const network = createRuledNetwork({
    shared: false,
    async placeOf(memberId) {
      const member = roster.latest(memberId);
      const container = containers.get(memberId);
      if (member === undefined || container === undefined)
        throw new NoMeansError(`'${memberId}' was never started`);
      const namespace = await networkOf(container, memberId);
      return { memberId, address: member.endpoint.host, namespace };
    },
    tableOf: (fault) => `${project}-${fault}.${ownerMark(owner)}`,
  });

  const networkName = `${project}_${NETWORK}`;
  return {
    network: {
      ...network,
      ...attachments({
        network: docker.getNetwork(networkName),
        name: networkName,
        placeOf(memberId) {
          const container = containers.get(memberId);
          const spec = roster.latest(memberId)?.spec;
          return container && spec && { container, alias: serviceOf(spec) };
        },
      }),
    },
    place: (spec) => ({ listenHost: 'own', reachableAs: serviceOf(spec), dataDir: DATA_FOLDER }),
    start: (spec, boot, signal) =>
      roster.admit(spec, signal, (incarnation, until) =>
        begin(spec, incarnation, JSON.stringify(boot), until),
      ),
    async remove(memberId) {
      const member = roster.latest(memberId);
      const container = containers.get(memberId);
      if (member === undefined || container === undefined) return;
      await removeContainer(docker, container.id);
      await member.exited;
      if (member.spec.durable) await removeVolume(docker, `${project}_${serviceOf(member.spec)}`);
      containers.delete(memberId);
      roster.forget(memberId);
    },
    [Symbol.asyncDispose]() {
      disposal ??= removeFleet({ docker, runId, name, roster, network, quiet: () => starts.quiet() });
      return disposal;
    },
  };
}
