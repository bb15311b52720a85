/**
 * Failure follows the addition by the discovery delay, staggered over the fleet. AWS: it takes up to an hour for
 * a front-end to learn of new ones. Measured from the start of the newcomer that broke the fleet: when each
 * incumbent learned of it, when the kernel first refused it a thread, when it first failed a request.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { cohorts, frontEndEvents, observationsOf } from '../arm-timeline.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { counted, seconds } from '../figures.ts';
import { endedAt, firstFailedRequest, loadWindows } from '../goodput.ts';
import { firstRefusal, refusalsOf } from '../refusals.ts';

/** Learned within this share of the longest delay of one another, the incumbents learned as one. */
const STAGGER_SHARE_MIN = 0.1;

export const failureIsDelayed: Claim = {
  id: 'failure-is-delayed',
  statement:
    "failure follows the addition by the discovery delay and the map's ageing, staggered over the fleet",
  from: 'Aa',
  measure({ records, arm }) {
    const refusals = refusalsOf(records, arm);
    const first = firstRefusal(refusals);
    if (first === undefined) {
      const [doubtful] = refusals.refusals;
      return unknownSince(
        doubtful === undefined
          ? 'no thread was refused: there is no failure to be delayed'
          : `no refused thread counts, so that it is not known when the first was: of ${doubtful.memberId}, ${doubtful.why}`,
      );
    }
    const breaker = frontEndEvents(records, arm).findLast(
      ({ event, cohort, monoMs }) =>
        event === 'started' && cohort === 'newcomer' && monoMs <= first.firstMonoMs,
    );
    if (breaker === undefined) return unknownSince('threads were refused before any newcomer had started');

    const learned = learnedDelaysMs(records, arm, breaker.memberId, breaker.atMs);
    if (learned.size === 0) return unknownSince(`no incumbent told when it learned of ${breaker.memberId}`);
    const refused = refusals.refusals.filter(
      ({ standing, memberId }) => standing === 'counted' && learned.has(memberId),
    );
    const refusedAfterLearning = refused.filter(
      ({ memberId, firstAtMs }) => firstAtMs - breaker.atMs >= (learned.get(memberId) ?? 0),
    ).length;
    const delays = [...learned.values()];
    const soonestMs = Math.min(...delays);
    const latestMs = Math.max(...delays);
    const firstRefusalMs = refused[0] === undefined ? null : refused[0].firstAtMs - breaker.atMs;
    // Of an incumbent: a newcomer fails from its start on, until it has a first map.
    const failed = firstFailedRequest(records, arm, { cohort: 'incumbent', afterMs: breaker.monoMs });
    // Of a failure in the window in which the newcomer started it cannot be told on which side of the start it lay.
    const startedAmidFailures = loadWindows(records, arm).some(
      (window) =>
        window.endMs > breaker.monoMs &&
        window.endMs - window.load.windowMs < breaker.monoMs &&
        endedAt([window], 'incumbent').failed > 0,
    );
    const firstFailureMs = failed === null ? null : failed.atMs - breaker.atMs;
    const staggered = latestMs - soonestMs >= latestMs * STAGGER_SHARE_MIN;
    const delayed = soonestMs > 0 && (firstFailureMs === null || firstFailureMs >= soonestMs);
    const after = (delayMs: number | null, what: string): string =>
      delayMs === null ? `never ${what}` : `${what} after ${seconds(delayMs)}`;
    const isShown = refused.length > 0 && failed !== null && !startedAmidFailures;
    const verdict = staggered && delayed && refusedAfterLearning === refused.length ? 'held' : 'refuted';
    return {
      verdict: isShown ? verdict : 'unknown',
      account: `${counted(delays.length, 'incumbent')} learned of ${breaker.memberId} ${seconds(soonestMs)} to ${seconds(latestMs)} after its start; an incumbent was ${after(firstRefusalMs, 'first refused a thread')} and ${after(firstFailureMs, 'first failed a request')}`,
      evidence: {
        newcomer: breaker.memberId,
        incumbents: delays.length,
        learnedSoonestMs: soonestMs,
        learnedLatestMs: latestMs,
        firstRefusalMs,
        firstFailedRequestMs: firstFailureMs,
        startedAmidFailures,
        refusedIncumbents: refused.length,
        refusedAfterLearning,
      },
    };
  },
};

/** How long after its start each incumbent learned of a newcomer, by the incumbent's own word. */
function learnedDelaysMs(
  records: readonly JournalRecord[],
  arm: Arm,
  newcomerId: string,
  startedAtMs: number,
): ReadonlyMap<string, number> {
  const cohortOf = cohorts(records, arm);
  const delays = new Map<string, number>();
  for (const { record } of observationsOf(records, arm, 'sample')) {
    const { state } = record;
    if (state.role !== 'front-end' || cohortOf.get(state.memberId) !== 'incumbent') continue;
    const learnedAtMs = state.membership.learnedAtMs[newcomerId];
    if (learnedAtMs === undefined || delays.has(state.memberId)) continue;
    delays.set(state.memberId, learnedAtMs - startedAtMs);
  }
  return delays;
}
