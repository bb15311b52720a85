/**
 * Where each cohort of an arm stands now, folded from the journal's records one by one: what the live account's table
 * shows. Nothing is judged here.
 */
import { endedAt } from '@fleetfall/claims/goodput.ts';
import type { Window } from '@fleetfall/claims/load-evidence.ts';
import type { ArmRecord } from '@fleetfall/journal/records.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';

export const COHORTS: readonly Cohort[] = ['incumbent', 'newcomer'];

export interface CohortStatus {
  readonly members: number;
  /** Least and most tasks of a member; null where none were read. */
  readonly tasks: readonly [number, number] | null;
  /** The least `pids.max` of a member; null where none has one, or none was read. */
  readonly limit: number | null;
  /** Refused threads by the kernel's count, of all lives; null where no count was read. */
  readonly refused: number | null;
  /** The oldest shard-map; null where none has one. */
  readonly mapAgeMs: number | null;
  /** Of the last window of the load: requests that are known to have gone to the cohort; null before there was one. */
  readonly served: { readonly okPerSecond: number; readonly share: number | null } | null;
}

export interface CohortFold {
  statusOf(cohort: Cohort): CohortStatus;
  heedMember(record: Extract<ArmRecord, { kind: 'member' }>): void;
  heedState(state: FrontEndState): void;
  heedWindow(window: Window): void;
}

interface Member {
  readonly cohort: Cohort;
  state: FrontEndState | null;
}

export function foldCohorts(): CohortFold {
  const members = new Map<string, Member>();
  /** Refusals of each life by its name, with the cohort that it counts for. */
  const refused = new Map<string, { readonly cohort: Cohort; readonly hits: number }>();
  let window: Window | null = null;

  function servedAt(cohort: Cohort): CohortStatus['served'] {
    if (window === null) return null;
    const { ended, failed } = endedAt([{ load: window }], cohort);
    const ok = ended - failed;
    return { okPerSecond: (ok * 1_000) / window.windowMs, share: ended === 0 ? null : ok / ended };
  }
  return {
    statusOf(cohort) {
      const own = [...members.values()].filter((member) => member.cohort === cohort);
      const states = own.flatMap(({ state }) => state ?? []);
      const kernels = states.flatMap(({ kernel }) => kernel ?? []);
      const tasks = kernels.map((kernel) => kernel.tasks);
      const limits = kernels.flatMap(({ limit }) => limit ?? []);
      const ages = states.flatMap(({ shardMap }) => shardMap.ageMs ?? []);
      const lives = [...refused.values()].filter((life) => life.cohort === cohort);
      return {
        members: own.length,
        tasks: tasks.length === 0 ? null : [Math.min(...tasks), Math.max(...tasks)],
        limit: limits.length === 0 ? null : Math.min(...limits),
        refused: lives.length === 0 ? null : lives.reduce((sum, { hits }) => sum + hits, 0),
        mapAgeMs: ages.length === 0 ? null : Math.max(...ages),
        served: servedAt(cohort),
      };
    },
    heedMember({ role, event, memberId, cohort }) {
      if (role !== 'front-end') return;
      if (event === 'started' && cohort !== null) members.set(memberId, { cohort, state: null });
      else members.delete(memberId);
    },
    heedState(state) {
      const member = members.get(state.memberId);
      if (member === undefined) return;
      member.state = state;
      if (state.kernel !== null) {
        const life = { cohort: member.cohort, hits: state.kernel.limitHits };
        refused.set(`${state.memberId} ${state.incarnation}`, life);
      }
    },
    heedWindow(newest) {
      window = newest;
    },
  };
}
