/**
 * Servers that were there before the addition fail, not only the new ones. AWS saw the errors on old and new
 * servers alike. It takes both: threads refused to most incumbents by the kernel from the begin of the growth to the
 * end of the hold, and requests that failed there. Of an incumbent that nobody read nothing is known.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { cohorts, phaseSpan } from '../arm-timeline.ts';
import type { Claim } from '../claim.ts';
import { counted, percent } from '../figures.ts';
import { endedAt, fairWindows, invalidLoad } from '../goodput.ts';
import { refusalsOf, refusalsOfCohort, type Within } from '../refusals.ts';

/** Share of the incumbents that must have been refused threads: the incident had all of them. */
const MEMBERS_SHARE_MIN = 0.5;
/** Share of requests at incumbents that must have failed: what a healthy service may lose. */
const FAILED_SHARE_MIN = 0.01;

export const incumbentsFail: Claim = {
  id: 'incumbents-fail',
  statement: 'servers that were there before the addition fail, not only the new ones',
  from: 'A',
  measure({ records, arm }) {
    const grown = grownAndHeld(records, arm);
    const refusals = refusalsOf(records, arm, grown ?? undefined);
    const old = refusalsOfCohort(refusals, 'incumbent');
    const added = refusalsOfCohort(refusals, 'newcomer');
    const { ended, failed } = endedAt(fairWindows(records, arm, 'outage', 'settled'), 'incumbent');
    const members = [...cohorts(records, arm).values()];
    const incumbents = members.filter((cohort) => cohort === 'incumbent').length;
    const newcomers = members.length - incumbents;
    const evidence = {
      incumbents,
      incumbentsWatched: old.watched,
      incumbentsRefused: old.members,
      incumbentsUnknown: old.unknown,
      incumbentHits: old.hits,
      newcomers,
      newcomersRefused: added.members,
      newcomerHits: added.hits,
      incumbentRequests: ended,
      incumbentRequestsFailed: failed,
    };
    if (old.watched === 0) {
      return { verdict: 'unknown', account: "no incumbent's kernel counters were read", evidence };
    }
    if (grown === null) return { verdict: 'unknown', account: 'no capacity was added', evidence };
    const refused = `${old.members} of ${counted(incumbents, 'incumbent')} and ${added.members} of ${counted(newcomers, 'newcomer')} were refused threads (pids.events max +${old.hits}, +${added.hits})`;
    const needed = incumbents * MEMBERS_SHARE_MIN;
    const unknown = old.unknown + Math.max(0, incumbents - old.watched);
    if (old.members < needed) {
      const mightBe = old.members + unknown >= needed;
      const account = mightBe
        ? `${refused}; of ${unknown} more it is not known: ${old.why ?? 'they were not read'}`
        : refused;
      return { verdict: mightBe ? 'unknown' : 'refuted', account, evidence };
    }
    if (ended === 0) {
      const invalid = invalidLoad(records, arm, 'outage', 'settled');
      const account = `${refused}; ${invalid ?? 'no request to an incumbent ended'}`;
      return { verdict: 'unknown', account, evidence };
    }
    const share = failed / ended;
    return {
      verdict: share > FAILED_SHARE_MIN ? 'held' : 'refuted',
      account: `${refused}; ${percent(share)} of requests to incumbents failed`,
      evidence,
    };
  },
};

/** From the first front-end that was added to the end of the hold at full size; null when none was. */
function grownAndHeld(records: readonly JournalRecord[], arm: Arm): Within | null {
  const addition = phaseSpan(records, arm, 'addition');
  if (addition === undefined) return null;
  const begin = phaseSpan(records, arm, 'growth') ?? addition;
  const end = phaseSpan(records, arm, 'outage') ?? addition;
  return { beginMs: begin.beginMs, endMs: end.endMs };
}
