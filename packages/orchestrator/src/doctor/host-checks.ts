/**
 * What is found of the host that fleets would run on: limits and memory for a small and for a standard run, the Node
 * that members get, what dead runs have left.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { layOut, type RunLayout } from '@fleetfall/experiment/layout.ts';
import { planRun } from '@fleetfall/experiment/plan.ts';
import { INCIDENT, loadExperiment } from '../cli/experiment-file.ts';
import { type Check, fail, ok, warn } from '../host/check.ts';
import { headroomChecks } from '../host/headroom.ts';
import { limitsFor, needsOf } from '../host/needs.ts';
import type { EngineFacts } from '../runtime/docker/engine-facts.ts';
import type { Leftover, RuntimeName } from '../runtime/runtime.ts';

/** Members are bundled for this Node and run on the orchestrator's own. */
const NODE_MAJOR_MIN = 26;

/** Room for a small run or it fails; room for a standard one or it warns. */
export function roomChecks(runtime: RuntimeName, engine: EngineFacts | null): Check[] {
  const limits = limitsFor(engine);
  const checksOf = (size: RunLayout['size']): Check[] => {
    const plan = planRun(layOut(loadExperiment(INCIDENT, { size }), 'doctor'));
    return headroomChecks(limits, needsOf(plan, runtime));
  };
  const standard = checksOf('standard');
  return checksOf('small').map((check, index) => {
    const wider = standard[index] ?? check;
    if (check.standing !== 'ok') return { ...check, seen: `${check.seen} (a small run)` };
    const seen = `${wider.seen} (a standard run)`;
    return wider.standing === 'fail' ? warn(check.id, seen, wider.remedy ?? '') : { ...wider, seen };
  });
}

/** @param binary what members are started from. */
export function nodeCheck(binary: string, version: string): Check {
  const remedy = "run 'npm ci': it brings the pinned Node, and npm scripts and npx use it";
  const seen = `${binary}, version ${version}`;
  if (Number(version.split('.')[0]) < NODE_MAJOR_MIN) {
    return fail('node', `${seen}: members need ${NODE_MAJOR_MIN} or newer`, remedy);
  }
  try {
    accessSync(binary, constants.R_OK | constants.X_OK);
  } catch (error) {
    return fail('node', `${seen}: not to be run (${error instanceof Error ? error.message : error})`, remedy);
  }
  return ok('node', `${seen}, ${Math.round(statSync(binary).size / 1e6)} MB`);
}

export function leftoversCheck(leftovers: readonly Leftover[]): Check {
  const dead = leftovers.filter(({ keptBecause }) => keptBecause === null);
  const kept = leftovers.length - dead.length;
  const others = kept === 0 ? '' : `; ${kept} things of living runs, or of other hosts, are left alone`;
  if (dead.length === 0) return ok('leftovers', `nothing of a dead run is left${others}`);
  const kinds = [...new Set(dead.map(({ kind }) => kind))].join(', ');
  return warn(
    'leftovers',
    `${dead.length} things of dead runs are left (${kinds})${others}`,
    "'fleetfall prune' removes them",
  );
}
