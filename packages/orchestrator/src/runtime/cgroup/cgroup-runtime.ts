/**
 * The runtime for hosts without a container engine: each member a process under a real `pids.max`, which fails as
 * a container does, by the same kernel code. What it does not give is isolation: members share the host's network
 * and file system, as an unprivileged user where the orchestrator is root.
 */
import { cpus, release, totalmem } from 'node:os';
import { execa } from 'execa';
import type { Kit } from '../../kit/kit.ts';
import { currentOwner } from '../owner.ts';
import { type Runtime, type RuntimeFleet, RuntimeUnavailableError } from '../runtime.ts';
import { disposeAll } from '../take-down.ts';
import { createCgroupFleet } from './cgroup-fleet.ts';
import { memberUser } from './member-user.ts';
import { findPidsTree } from './pids-tree.ts';
import { findResourceTrees } from './resource-trees.ts';

/** Starting a process costs little but CPU time. */
const CONCURRENT_STARTS = 4;

/**
 * Opens the runtime.
 * @throws RuntimeUnavailableError when this host or user cannot make cgroups, or has no setpriv(1).
 */
export async function openCgroupRuntime(kit: Kit): Promise<Runtime> {
  const { getuid, getgid } = process;
  if (getuid === undefined || getgid === undefined) {
    throw new RuntimeUnavailableError('Cannot make cgroups: this host is not Linux');
  }
  const tree = findPidsTree();
  const resourceTrees = findResourceTrees(tree);
  const user = memberUser(getuid(), getgid());
  await assertSetpriv();
  const owner = currentOwner();
  const fleets: RuntimeFleet[] = [];
  return {
    name: 'cgroup',
    reason: `processes in cgroups v${tree.version} below ${tree.folder}`,
    host: {
      kernel: release(),
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: kit.nodeVersion,
      cgroupVersion: tree.version,
      engine: null,
      cpuModel: cpus()[0]?.model ?? null,
    },
    concurrentStarts: CONCURRENT_STARTS,
    async createFleet(runId, name) {
      const fleet = createCgroupFleet({ tree, resourceTrees, kit, user, owner, runId, name });
      // Made in one turn of the event loop, or not at all: nothing can come between.
      fleets.push(fleet);
      return fleet;
    },
    [Symbol.asyncDispose]: () => disposeAll('the cgroup runtime', fleets),
  };
}

async function assertSetpriv(): Promise<void> {
  const { failed } = await execa('setpriv', ['--version'], { reject: false });
  if (!failed) return;
  throw new RuntimeUnavailableError(
    "Cannot take rights away from members: 'setpriv' must be installed (package util-linux)",
  );
}
