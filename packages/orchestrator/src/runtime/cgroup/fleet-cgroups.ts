/**
 * The cgroups of one fleet: one that holds all, and one for each incarnation of a member, in the hierarchy of each
 * controller that there is: on v1 places of their own, on v2 one. Memory is counted from the start, since what was
 * allocated before stays with whoever it was counted for. A CPU cgroup changes how the kernel shares the CPU out, so a
 * member gets one only when its CPU is limited.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NoMeansError } from '../member-network.ts';
import type { ResourceCgroups } from '../resources.ts';
import { takeDown } from '../take-down.ts';
import { handOn, makeCgroup, makeParentCgroups, processesIn, removeCgroup, setPidsMax } from './cgroup.ts';
import { canHandOn, type PidsTree } from './pids-tree.ts';
import type { ResourceTrees } from './resource-trees.ts';

/** Where one incarnation of a member runs. */
export interface MemberCgroups {
  /** Its `pids.max` is here; signals and states go by it. */
  readonly tasks: string;
  /** That for CPU is not made yet where it is one of its own. */
  readonly resources: ResourceCgroups;
  /** Every folder that its process has to join, each once. */
  readonly joined: readonly string[];
}

export interface FleetCgroups {
  /** Makes the cgroups of an incarnation. @throws when one cannot be made; nothing is left then. */
  make(memberId: string, incarnation: number, pidsMax: number): Promise<MemberCgroups>;
  /** Kills what runs in them and removes them. Idempotent. */
  remove(memberId: string, incarnation: number): Promise<void>;
  /** Removes those that hold the members'; they must be gone. */
  removeParents(): Promise<void>;
}

/** Makes the fleet's own cgroups. @throws when one cannot be made; nothing is left then. */
export function makeFleetCgroups(tree: PidsTree, trees: ResourceTrees, name: string): FleetCgroups {
  const { version, folder } = tree;
  const below = (place: string | null): string[] => (place === null ? [] : [join(place, name)]);
  const counted = [...new Set([folder, trees.memory])].flatMap(below);
  const all = [...new Set([...counted, ...below(trees.cpu)])];
  makeParentCgroups(counted, version === 2 ? ['pids', ...(trees.memory === null ? [] : ['memory'])] : []);
  const childOf = (memberId: string, incarnation: number): string => `${memberId}.${incarnation}`;

  async function remove(memberId: string, incarnation: number): Promise<void> {
    // That for tasks first: it is what kills.
    for (const parent of all) await removeCgroup(join(parent, childOf(memberId, incarnation)));
  }

  return {
    async make(memberId, incarnation, pidsMax) {
      const child = childOf(memberId, incarnation);
      const at = (place: string | null): string | null => (place === null ? null : join(place, name, child));
      const joined = counted.map((parent) => join(parent, child));
      const tasks = joined[0] as string;
      try {
        for (const each of joined) makeCgroup(each);
        setPidsMax(tasks, pidsMax);
      } catch (error) {
        await remove(memberId, incarnation);
        throw error;
      }
      return { tasks, joined, resources: { version, memory: at(trees.memory), cpu: at(trees.cpu) } };
    },
    remove,
    removeParents: () =>
      takeDown(
        'the cgroups of the fleet',
        all.map((parent) => () => removeCgroup(parent)),
      ),
  };
}

/** @throws NoMeansError when memory is not counted here. */
export function memoryCgroup({ resources: { memory } }: MemberCgroups): string {
  if (memory !== null) return memory;
  throw new NoMeansError('this host hands out no cgroups of the memory controller');
}

/** Makes the member's cgroup for CPU, unless it has one. @throws NoMeansError when there can be none. */
export function cpuCgroup({ tasks, resources: { cpu, version } }: MemberCgroups): string {
  if (cpu === null) throw new NoMeansError('this host hands out no cgroups of the cpu controller');
  if (version === 2) {
    const fleet = dirname(cpu);
    if (!canHandOn(dirname(fleet), 'cpu'))
      throw new NoMeansError(`${dirname(fleet)} hands the cpu controller on to none below it`);
    handOn(fleet, ['cpu']);
    return cpu;
  }
  if (existsSync(cpu)) return cpu;
  if (!existsSync(dirname(cpu))) makeCgroup(dirname(cpu));
  makeCgroup(cpu);
  // Every thread of a process goes with it.
  for (const pid of processesIn(tasks)) writeFileSync(join(cpu, 'cgroup.procs'), String(pid));
  return cpu;
}
