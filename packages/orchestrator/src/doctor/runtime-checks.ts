/**
 * What is found of each runtime: of an engine whether it answers, what it is and for how many networks it has
 * addresses; of compose whether there is one; of cgroups which version there is and whether they can be made; of each
 * whether a member's limit is the kernel's, as a throw-away fleet tells.
 */
import { counted } from '@fleetfall/claims/figures.ts';
import { type Check, fail, ok, warn } from '../host/check.ts';
import { findPidsTree, type PidsTree } from '../runtime/cgroup/pids-tree.ts';
import { findResourceTrees } from '../runtime/cgroup/resource-trees.ts';
import { findCompose } from '../runtime/compose/compose-tool.ts';
import type { EngineFacts } from '../runtime/docker/engine-facts.ts';
import type { EngineLook } from '../runtime/look.ts';
import { type RuntimeName, RuntimeUnavailableError } from '../runtime/runtime.ts';
import type { ThrowAway } from './throw-away.ts';

/** A run makes a network for each of its arms, one after another. */
const NETWORKS_TO_SPARE = 3;

/** @param missing how bad it is that no engine answers. */
export function engineChecks({ facts, why }: EngineLook, missing: typeof fail): Check[] {
  if (facts === null) {
    return [
      missing(
        'engine',
        why,
        "start one ('systemctl start docker'), set DOCKER_HOST or 'docker context use'; without it runs take cgroups",
      ),
    ];
  }
  const { version, from, kernel, cores } = facts;
  return [
    ok('engine', `Docker ${version} answers at ${from}: kernel ${kernel}, ${cores} cores`),
    facts.limitsTasks
      ? ok('engine-cgroup', `cgroup v${facts.cgroupVersion}, driver ${facts.cgroupDriver}, limits tasks`)
      : fail(
          'engine-cgroup',
          'its kernel has no pids controller: a container cannot be given a limit on tasks',
          'boot a kernel with CONFIG_CGROUP_PIDS, or another engine',
        ),
    addressPools(facts),
  ];
}

function addressPools({ addressPools: { total, used } }: EngineFacts): Check {
  const left = total - used;
  const seen = `${counted(used, 'network')} there, addresses for about ${Math.max(0, left)} more of ${total}`;
  const remedy = "remove networks ('docker network prune'), or set default-address-pools in daemon.json";
  if (left <= 0) return fail('address-pools', seen, remedy);
  return left < NETWORKS_TO_SPARE ? warn('address-pools', seen, remedy) : ok('address-pools', seen);
}

/** Whether there is a compose. */
export async function composeCheck(): Promise<Check> {
  try {
    const { command, version } = await findCompose();
    return ok('compose', `${command.join(' ')} ${version} answers`);
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    return fail(
      'compose',
      error.message,
      "install one: Debian's docker-compose, or the plugin of the docker CLI",
    );
  }
}

/** @param missing how bad it is that cgroups cannot be made here. */
export function cgroupCheck(missing: typeof fail): Check {
  try {
    const tree = findPidsTree();
    const { version, folder } = tree;
    return ok('cgroup', `v${version}, members' cgroups can be made below ${folder}; ${limitable(tree)}`);
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    return missing(
      'cgroup',
      error.message,
      "run as root or in 'systemd-run --user --scope -p Delegate=yes …'",
    );
  }
}

/** What blind drills can draw besides threads and a partition. */
function limitable(tree: PidsTree): string {
  const trees = findResourceTrees(tree);
  const names = (['memory', 'cpu'] as const).filter((name) => trees[name] !== null);
  return names.length === 0
    ? 'neither memory nor cpu can be limited: drills do not draw them'
    : `${names.join(' and ')} can be limited`;
}

/** What the throw-away fleet of a runtime showed. */
export function throwAwayChecks(runtime: RuntimeName, tried: ThrowAway): Check[] {
  const { own, seenByHost, pidsMax, node, tookMs } = tried;
  const host =
    seenByHost === null
      ? "the host's cgroup files are not there to be read"
      : `the host sees ${seenByHost.limitHits} refused at ${seenByHost.limit}`;
  const seen = `two front-ends on Node ${node} under pids.max ${pidsMax} read ${own.limit ?? 'no limit'} back; the kernel refused a thread (pids.events max ${own.limitHits}); ${host}; after ${(tookMs / 1_000).toFixed(1)} s`;
  const id = `throw-away-${runtime}`;
  if (own.limit !== pidsMax) {
    return [fail(id, seen, 'the limit asked for is not the one in force: look for a limit set around it')];
  }
  if (tried.ancestorAtLimit) {
    return [fail(id, seen, 'a cgroup above stands at its limit: raise it, or no refusal can be counted')];
  }
  return [ok(id, seen)];
}

/** The throw-away fleet could not be started, or nothing was refused. */
export function throwAwayFailure(runtime: RuntimeName, error: unknown): Check {
  const why = error instanceof Error ? error.message : String(error);
  return fail(
    `throw-away-${runtime}`,
    `a throw-away fleet of two front-ends did not come to a refused thread: ${why}`,
    "the message says what did not work; 'fleetfall prune --check' shows whether anything is left",
  );
}
