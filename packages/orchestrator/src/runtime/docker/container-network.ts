/**
 * A container and its networks: the fleet's, which the engine takes it into and out of, and the namespace on this host.
 * That can be entered only where the engine runs on this host and in this pid namespace, which the container's own
 * cgroup proves: nothing is ever done to the network of another process.
 */
import type { Container, ContainerInspectInfo, Network } from 'dockerode';
import { type MemberNetwork, NoMeansError } from '../member-network.ts';
import { type NetworkNamespace, namespaceOf } from '../network/namespace.ts';
import { engineCall, statusOf } from './engine-call.ts';
import { containerCgroup } from './host-cgroup.ts';

/** @throws NoMeansError when the container is not of this host, or does not run. */
export async function networkOf(container: Container, memberId: string): Promise<NetworkNamespace> {
  const inspected = await inspect(container, memberId);
  if (!inspected?.State.Running) throw new NoMeansError(`'${memberId}' does not run`);
  const { Id, State } = inspected;
  if (containerCgroup(Id, State.Pid) === null) {
    throw new NoMeansError(
      `the network of '${memberId}' cannot be entered: its engine is on another host, or in another pid namespace`,
    );
  }
  return namespaceOf(State.Pid);
}

export interface AttachmentsOptions {
  readonly network: Network;
  /** The engine's name of it. */
  readonly name: string;
  /** Of the member's newest incarnation, with the name that it is found by in the network. */
  readonly placeOf: (
    memberId: string,
  ) => { readonly container: Container; readonly alias: string } | undefined;
}

/**
 * Who is in a fleet's network, and out of it. The engine gives the first address that is free: members that come back
 * in the order of their addresses have the ones that they had, unless others have come since.
 */
export function attachments({
  network,
  name,
  placeOf,
}: AttachmentsOptions): Pick<MemberNetwork, 'takeOut' | 'bringBack' | 'addressOf'> {
  /** undefined when the container is gone. */
  async function addressOf(memberId: string): Promise<string | null | undefined> {
    const place = placeOf(memberId);
    const inspected = place && (await inspect(place.container, memberId));
    return inspected && (inspected.NetworkSettings.Networks[name]?.IPAddress || null);
  }
  return {
    async takeOut(memberId) {
      const place = placeOf(memberId);
      if (place === undefined) throw new NoMeansError(`'${memberId}' was never started`);
      const leaving = network.disconnect({ Container: place.container.id });
      await engineCall(`take ${memberId} out of its network`, leaving);
    },
    async bringBack(memberId) {
      const place = placeOf(memberId);
      if (place === undefined || (await addressOf(memberId)) !== null) return;
      const EndpointConfig = { Aliases: [place.alias] };
      const coming = network.connect({ Container: place.container.id, EndpointConfig });
      await engineCall(`bring ${memberId} back into its network`, coming);
    },
    addressOf: async (memberId) => (await addressOf(memberId)) ?? null,
  };
}

/** undefined when the container is gone. */
async function inspect(container: Container, memberId: string): Promise<ContainerInspectInfo | undefined> {
  try {
    return await engineCall(`inspect container ${memberId}`, container.inspect());
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
