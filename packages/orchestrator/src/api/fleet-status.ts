/**
 * A fleet as it stands: what its members last said of themselves, and where the journal has come to.
 */
import type { CrewMember } from '../fleet/crew.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { OpenRun } from './open-run.ts';
import type { FleetStatus, MemberStatus } from './running-fleet.ts';

export function statusOf(
  { arm, layout, runtime, journal, standing }: OpenRun,
  loadRuns: boolean,
): FleetStatus {
  const { fleet } = arm;
  return {
    name: layout.experiment,
    runtime: runtime.name,
    seed: layout.seed,
    phase: standing.phase,
    frontEnds: fleet.frontEnds().length,
    tasksMost: standing.tasksMost,
    limit: standing.limit,
    refusals: { ...standing.refusals },
    load: {
      running: loadRuns,
      okPerSecond: loadRuns ? standing.okPerSecond : null,
      failedPerSecond: loadRuns ? standing.failedPerSecond : 0,
      mostError: loadRuns ? standing.mostError : null,
    },
    members: fleet.members().map((member) => memberStatus(member, fleet.view)),
    faults: fleet.faults(),
    journal: journal.path,
  };
}

function memberStatus(
  { memberId, role, cohort, running, member }: CrewMember,
  view: FleetView,
): MemberStatus {
  const state = running ? view.seen(memberId)?.state : undefined;
  const frontEnd = state?.role === 'front-end' ? state : undefined;
  return {
    memberId,
    role,
    cohort,
    running,
    incarnation: member.incarnation,
    tasks: state?.kernel?.tasks ?? null,
    limit: state?.kernel?.limit ?? null,
    refusedThreads: state?.kernel?.limitHits ?? null,
    links: frontEnd === undefined ? null : { open: frontEnd.links.open, wanted: frontEnd.links.wanted },
    shardMap:
      frontEnd === undefined
        ? null
        : {
            ageMs: frontEnd.shardMap.ageMs,
            aged: frontEnd.shardMap.aged,
            completeness: frontEnd.shardMap.completeness,
          },
  };
}
