/**
 * Starves a process of CPU as a contended host does: the kernel keeps it from running for most of each period, by a
 * quota on a cgroup of its own, and counts how often it did.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCgroup, removeCgroup } from '@fleetfall/orchestrator/runtime/cgroup/cgroup.ts';
import { canHandOn, findPidsTree } from '@fleetfall/orchestrator/runtime/cgroup/pids-tree.ts';
import { findResourceTrees } from '@fleetfall/orchestrator/runtime/cgroup/resource-trees.ts';
import { readResources, writeCpuQuota } from '@fleetfall/orchestrator/runtime/resources.ts';
import { RuntimeUnavailableError } from '@fleetfall/orchestrator/runtime/runtime.ts';

interface Place {
  readonly version: 1 | 2;
  readonly folder: string;
}

function findPlace(): Place | null {
  try {
    const tree = findPidsTree();
    const { cpu } = findResourceTrees(tree);
    if (cpu === null || (tree.version === 2 && !canHandOn(cpu, 'cpu'))) return null;
    return { version: tree.version, folder: cpu };
  } catch (error) {
    if (error instanceof RuntimeUnavailableError) return null;
    throw error;
  }
}

const place = existsSync('/proc/self/cgroup') ? findPlace() : null;

/** Whether this host lets a process be kept from the CPU. */
export const HAS_CPU_QUOTAS = place !== null;

/** Disposal removes the cgroup, and kills what still runs in it. */
export interface StarvedProcess extends AsyncDisposable {
  /** Periods of 100 ms in which the kernel kept it from running. */
  readonly throttledPeriods: number;
  /** Lets it run again. */
  lift(): void;
}

/** @throws Error where there are no quotas. */
export function starve(pid: number, cores: number): StarvedProcess {
  if (place === null) throw new Error('this host hands out no cgroups of the cpu controller');
  const { version } = place;
  const folder = join(place.folder, `fleetfall-starved-${pid}`);
  makeCgroup(folder);
  writeCpuQuota(folder, version, cores);
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  return {
    get throttledPeriods() {
      return readResources({ version, memory: null, cpu: folder })?.cpu?.throttledPeriods ?? 0;
    },
    lift: () => writeCpuQuota(folder, version, null),
    [Symbol.asyncDispose]: () => removeCgroup(folder),
  };
}
