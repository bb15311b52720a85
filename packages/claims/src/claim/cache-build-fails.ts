/**
 * Shard-map construction cannot complete at the limit. AWS: cache construction was failing to complete, and
 * front-ends ended up with useless shard-maps. The front-ends' own counters tell of the builds; a front-end counts as
 * failing only where the kernel tells that it was refused threads, and where a construction was given up, or tried at
 * full size, an interval before the hold or later: a hold may be shorter than the interval. Of one that was not seen, or
 * that failed earlier and tried none, nothing is known.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { BUILD_INTERVAL_JITTER } from '@fleetfall/protocol/settings.ts';
import { absent } from '../absent-phase.ts';
import { frontEndEvents, frontEndSettingsAt, isWithin, observationsOf, phaseSpan } from '../arm-timeline.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { counted, percent } from '../figures.ts';
import { type RefusalEvidence, refusalsOf } from '../refusals.ts';

/** Share of the front-ends that could complete no construction: most of the fleet. */
const MEMBERS_SHARE_MIN = 0.5;

/** A front-end over the hold at full size, in one incarnation. */
interface Held {
  /** The constructions that had begun an interval before the hold, or as soon after as the fleet had its size. */
  readonly startedBefore: number;
  readonly first: FrontEndState;
  readonly last: FrontEndState;
}

export const cacheBuildFails: Claim = {
  id: 'cache-build-fails',
  statement: 'shard-map construction cannot complete at the limit, and the map goes stale',
  from: 'A',
  measure({ records, arm }) {
    const hold = phaseSpan(records, arm, 'outage');
    const members = statesInHold(records, arm);
    if (hold === undefined || members.length === 0) {
      return unknownSince(absent(records, arm, 'outage', 'no front-end was sampled twice at full size'));
    }
    const refusals = refusalsOf(records, arm, { beginMs: Number.NEGATIVE_INFINITY, endMs: hold.endMs });
    const standings = members.map((held) => standingOf(held, refusals));
    const failing = standings.filter((standing) => standing === 'failing').length;
    const frontEnds = Math.max(hold.frontEnds, members.length);
    const doubtful =
      standings.filter((standing) => standing === 'doubtful').length + frontEnds - members.length;
    const builds = members.map(({ last }) => last.shardMap.builds);
    const total = (count: (of: (typeof builds)[number]) => number): number =>
      builds.reduce((sum, of) => sum + count(of), 0);
    const aged = members.filter(({ last }) => last.shardMap.aged || last.shardMap.ageMs === null).length;
    const completenessMin = Math.min(...members.map(({ last }) => last.shardMap.completeness));
    const finishedInHold = members.reduce(
      (sum, { first, last }) => sum + last.shardMap.builds.finished - first.shardMap.builds.finished,
      0,
    );
    const evidence = {
      frontEnds,
      frontEndsSeen: members.length,
      frontEndsFailing: failing,
      frontEndsUnknown: doubtful,
      buildsFailed: total(({ failed }) => failed),
      buildsRefusedThreads: total(({ refusedThreads }) => refusedThreads),
      buildersStopped: total(({ stopped }) => (stopped ? 1 : 0)),
      buildsFinishedInHold: finishedInHold,
      mapsAged: aged,
      completenessMin,
    };
    const most = frontEnds * MEMBERS_SHARE_MIN;
    const seen = `${failing} of ${counted(frontEnds, 'front-end')} completed no construction at full size (${evidence.buildsFailed} failed, ${evidence.buildsRefusedThreads} of them refused a thread); ${aged} maps were out of date or missing, the least complete held ${percent(completenessMin)} of the shards`;
    if (failing > most) return { verdict: 'held', account: seen, evidence };
    if (failing + doubtful > most) {
      const account = `${seen}; of ${doubtful} more it is not known that it was the limit`;
      return { verdict: 'unknown', account, evidence };
    }
    const account = `${failing} of ${counted(frontEnds, 'front-end')} could complete no construction at full size for want of a thread; ${counted(finishedInHold, 'construction')} did complete, ${evidence.buildsFailed} failed`;
    return { verdict: 'refuted', account, evidence };
  },
};

/** What is known of one front-end: that it failed for want of a thread, that it did not, or neither. */
function standingOf(
  { startedBefore, first, last }: Held,
  { refusals }: RefusalEvidence,
): 'failing' | 'sound' | 'doubtful' {
  const { started, finished, refusedThreads, stopped } = last.shardMap.builds;
  if (refusedThreads === 0 || finished > first.shardMap.builds.finished) return 'sound';
  const isTried = stopped || started > startedBefore;
  const byKernel = refusals.some(
    ({ memberId, standing }) => memberId === last.memberId && standing === 'counted',
  );
  return isTried && byKernel ? 'failing' : 'doubtful';
}

/** The first and last state of each front-end within the hold at full size. */
function statesInHold(records: readonly JournalRecord[], arm: Arm): Held[] {
  const hold = phaseSpan(records, arm, 'outage');
  if (hold === undefined) return [];
  const grownMs = frontEndEvents(records, arm).findLast(({ monoMs }) => monoMs <= hold.beginMs)?.monoMs ?? 0;
  const intervalMs =
    (1 + BUILD_INTERVAL_JITTER) * (frontEndSettingsAt(records, arm, hold.beginMs)?.buildIntervalMs ?? 0);
  const fromMs = Math.max(grownMs, hold.beginMs - intervalMs);
  const byLife = new Map<string, { readonly startedBefore: number; readonly inHold: FrontEndState[] }>();
  for (const { monoMs, record } of observationsOf(records, arm, 'sample')) {
    const { state } = record;
    if (state.role !== 'front-end' || monoMs < fromMs || monoMs > hold.endMs) continue;
    const key = `${state.memberId} ${state.incarnation}`;
    const life = byLife.get(key) ?? { startedBefore: state.shardMap.builds.started, inHold: [] };
    byLife.set(key, life);
    if (isWithin(hold, monoMs)) life.inHold.push(state);
  }
  return [...byLife.values()].flatMap(({ startedBefore, inHold }) => {
    const [first] = inHold;
    const last = inHold.at(-1);
    return first === undefined || last === undefined || first === last
      ? []
      : [{ startedBefore, first, last }];
  });
}
