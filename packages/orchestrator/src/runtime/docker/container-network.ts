/**
 * Finds a container's network on this host. It can be entered only where the engine runs on this host and in this
 * pid namespace, which the container's own cgroup proves: nothing is ever done to the network of another process.
 */
import type { Container } from 'dockerode';
import { NoMeansError } from '../member-network.ts';
import { type NetworkNamespace, namespaceOf } from '../network/namespace.ts';
import { engineCall } from './engine-call.ts';
import { containerCgroup } from './host-cgroup.ts';

/** @throws NoMeansError when the container is not of this host, or does not run. */
export async function networkOf(container: Container, memberId: string): Promise<NetworkNamespace> {
  const { Id, State } = await engineCall(`inspect container ${memberId}`, container.inspect());
  if (!State.Running) throw new NoMeansError(`'${memberId}' does not run`);
  if (containerCgroup(Id, State.Pid) === null) {
    throw new NoMeansError(
      `the network of '${memberId}' cannot be entered: its engine is on another host, or in another pid namespace`,
    );
  }
  return namespaceOf(State.Pid);
}
