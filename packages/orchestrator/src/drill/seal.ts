/**
 * What is shown of a drill while its cause is sealed: all that users and the members' own health checks would tell, and
 * nothing of what AWS did not look at on the day. Left out are faults, all counts of threads against their limits, and what
 * a member that died said last; who wants those reads them where they are, with the tools of the host. Pure.
 */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { FrontEndState, MemberState } from '@fleetfall/protocol/member-state.ts';
import type { FleetStatus } from '../api/running-fleet.ts';
import { withoutLastWords } from '../fleet/death-text.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';

/** A record as it is shown; null when it is not. */
export function shownRecord(record: JournalRecord): JournalRecord | null {
  switch (record.kind) {
    case 'fault':
    case 'witness':
    case 'prediction':
      return null;
    case 'member':
      return { ...record, detail: record.detail === null ? null : withoutLastWords(record.detail) };
    case 'observer':
      if (record.record.kind !== 'sample') return record;
      return { ...record, record: { ...record.record, state: shownState(record.record.state) } };
    default:
      return record;
  }
}

/** What a drill says of itself while its cause is sealed. */
export interface Seal {
  /** null before a cause was drawn. */
  readonly commitment: string | null;
  /** The journal that is shown. */
  readonly journal: string;
}

/** An answer as it is shown. What a verb did is told, but not what it found there before. */
export function shownAnswer(answer: VerbAnswer, { commitment, journal }: Seal): VerbAnswer {
  const status = { ...shownStatus(answer.status), journal };
  return { ...answer, sealed: commitment, status, outcomes: answer.outcomes.map(shownOutcome) };
}

function shownState(state: MemberState): MemberState {
  return state.role === 'front-end' ? shownFrontEnd(state) : { ...state, kernel: null };
}

function shownFrontEnd(state: FrontEndState): FrontEndState {
  const { links, shardMap } = state;
  const builds = { ...shardMap.builds, refusedThreads: 0, lastFailure: null };
  return {
    ...state,
    kernel: null,
    links: { ...links, refusedThreads: 0, lastRefusal: null },
    shardMap: { ...shardMap, builds },
  };
}

function shownStatus(status: FleetStatus): FleetStatus {
  return {
    ...status,
    tasksMost: 0,
    limit: null,
    refusals: { incumbent: 0, newcomer: 0 },
    members: status.members.map((member) => ({ ...member, tasks: null, limit: null, refusedThreads: null })),
    faults: [],
  };
}

/** Its number would tell how many of its kind there were before. */
function shownOutcome(outcome: FaultOutcome): FaultOutcome {
  return { ...outcome, faultId: outcome.fault.kind, evidence: [] };
}
