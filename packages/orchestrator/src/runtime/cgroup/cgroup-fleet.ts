/**
 * One fleet as processes of this host: cgroups for the fleet, one below each for each incarnation of a member, a
 * folder that they run from, and an address of 127.0.0.0/8 for each member.
 */
import type { Kit } from '../../kit/kit.ts';
import { NoMeansError } from '../member-network.ts';
import { HOST_NAMESPACE } from '../network/namespace.ts';
import { createRuledNetwork } from '../network/ruled-network.ts';
import { type Owner, ownerMark } from '../owner.ts';
import { createRoster } from '../roster.ts';
import {
  type MemberSpec,
  type RuntimeFleet,
  StartError,
  type StartedMember,
  UNLIMITED_TASKS,
} from '../runtime.ts';
import { takeDown } from '../take-down.ts';
import { startCgroupMember } from './cgroup-member.ts';
import { type FleetCgroups, makeFleetCgroups } from './fleet-cgroups.ts';
import { loopbackAddresses } from './loopback-addresses.ts';
import type { MemberUser } from './member-user.ts';
import type { PidsTree } from './pids-tree.ts';
import type { ResourceTrees } from './resource-trees.ts';
import { makeRunFolder } from './run-folder.ts';

export interface CgroupFleetOptions {
  readonly tree: PidsTree;
  readonly resourceTrees: ResourceTrees;
  readonly kit: Kit;
  readonly user: MemberUser;
  readonly owner: Owner;
  readonly runId: string;
  readonly name: string;
}

/** @throws when the fleet's folder or cgroup cannot be made; nothing is left then. */
export function createCgroupFleet(options: CgroupFleetOptions): RuntimeFleet {
  const { tree, resourceTrees, kit, user, owner, runId, name } = options;
  const markedName = `fleetfall-${runId}-${name}.${ownerMark(owner)}`;
  const addresses = loopbackAddresses(runId, name);
  const roster = createRoster<StartedMember>();
  const folder = makeRunFolder(markedName, kit, user);
  const network = createRuledNetwork({
    shared: true,
    placeOf: async (memberId) => ({
      memberId,
      address: addresses.of(memberId),
      namespace: HOST_NAMESPACE,
    }),
    tableOf: (fault) => `fleetfall-${runId}-${name}-${fault}.${ownerMark(owner)}`,
  });
  let disposal: Promise<void> | undefined;
  let cgroups: FleetCgroups;
  try {
    cgroups = makeFleetCgroups(tree, resourceTrees, markedName);
  } catch (error) {
    folder.remove();
    throw error;
  }

  async function begin(
    spec: MemberSpec,
    incarnation: number,
    boot: string,
    signal: AbortSignal,
  ): Promise<StartedMember> {
    const { memberId } = spec;
    const before = roster.latest(memberId);
    if (before !== undefined) await cgroups.remove(memberId, before.incarnation);
    signal.throwIfAborted();
    try {
      const made = await cgroups.make(memberId, incarnation, spec.pidsMax ?? UNLIMITED_TASKS);
      if (spec.durable) folder.makeDataFolder(memberId);
      const plan = {
        spec,
        incarnation,
        cgroups: made,
        cgroupVersion: tree.version,
        nodeBinary: folder.nodeBinary,
        entry: folder.entryOf(spec),
        setpriv: user.setpriv,
        address: addresses.of(memberId),
        boot,
      };
      return await startCgroupMember(plan, signal);
    } catch (error) {
      await cgroups.remove(memberId, incarnation);
      if (signal.aborted) throw signal.reason;
      const why = error instanceof Error ? error.message : String(error);
      throw new StartError(`Cannot start '${memberId}': ${why}`, { cause: error });
    }
  }

  async function removeAll(): Promise<void> {
    await takeDown(`fleet '${name}'`, [
      () => roster.close(),
      () => Promise.all(roster.all().map((member) => member.kill())),
      () => network[Symbol.asyncDispose](),
      () =>
        Promise.all(roster.all().map(({ spec, incarnation }) => cgroups.remove(spec.memberId, incarnation))),
      () => cgroups.removeParents(),
      () => folder.remove(),
    ]);
  }

  return {
    network: {
      ...network,
      async takeOut(memberId) {
        throw new NoMeansError(`'${memberId}' is in the host's own network, which it cannot be taken out of`);
      },
      bringBack: async () => undefined,
      addressOf: async (memberId) => addresses.of(memberId),
    },
    place({ memberId }) {
      const address = addresses.of(memberId);
      return { listenHost: address, reachableAs: address, dataDir: folder.dataFolder(memberId) };
    },
    start: (spec, boot, signal) =>
      roster.admit(spec, signal, (incarnation, until) =>
        begin(spec, incarnation, JSON.stringify(boot), until),
      ),
    async remove(memberId) {
      const member = roster.latest(memberId);
      if (member === undefined) return;
      await member.kill();
      await cgroups.remove(memberId, member.incarnation);
      folder.removeDataFolder(memberId);
      roster.forget(memberId);
    },
    [Symbol.asyncDispose]() {
      disposal ??= removeAll();
      return disposal;
    },
  };
}
