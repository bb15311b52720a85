/**
 * The verdict on a run: a function of its journal and of nothing else, so that it can be given again at any time
 * without a fleet. The criteria are in `expectation.ts`; here they become one verdict and one exit code, with the
 * figures that a report shows.
 */
import type {
  Arm,
  EndRecord,
  Expectation,
  JournalRecord,
  Prediction,
  RunRecord,
} from '@fleetfall/journal/records.ts';
import { outcomeOf } from './arm-outcome.ts';
import { armsIn, type PhaseSpan, phaseSpans, recordsOf, recordsOfArm } from './arm-timeline.ts';
import { type ClaimResult, evaluate, unknownSince } from './claim.ts';
import { CLAIMS } from './claims.ts';
import { drillIn, drillText, type SeenDrill } from './drill.ts';
import { type Criterion, criteriaOf, type JudgedArm } from './expectation.ts';
import { type FailedRequest, firstFailedRequest, type GoodputByStage, goodputByStage } from './goodput.ts';
import { readBackOf } from './read-back.ts';
import { type CohortRefusals, firstRefusal, refusalsOf, refusalsOfCohort } from './refusals.ts';
import { failingOf } from './signature.ts';

/** What the verdict is by its exit code: 0 as expected, 1 not as expected, 2 inconclusive, 3 stopped by a condition. */
const EXIT_CODES = { 'as-expected': 0, 'not-as-expected': 1, inconclusive: 2, stopped: 3 } as const;

export interface Verdict {
  readonly verdict: keyof typeof EXIT_CODES;
  readonly exitCode: (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
  /** What the verdict rests on, a sentence each. */
  readonly reasons: readonly string[];
  /** Why the run could not be held against its criteria at all, stopped or not gone through; null when it was. */
  readonly unjudged: string | null;
  /** Of the main arm, as all figures below but `arms` and `phases`. */
  readonly prediction: Prediction | null;
  /** Front-ends at the first refused thread that counts; null without any. */
  readonly observed: { readonly size: number | null };
  readonly firstFailedRequest: FailedRequest | null;
  readonly refusals: { readonly incumbent: CohortRefusals; readonly newcomer: CohortRefusals };
  /** Why of refused threads nothing is known, not even that there were none; null where front-ends' counters were read. */
  readonly threadsUnseen: 'sealed' | 'unread' | null;
  /** null where it was none. */
  readonly drill: SeenDrill | null;
  readonly goodput: GoodputByStage;
  readonly claims: readonly ClaimResult[];
  readonly arms: readonly JudgedArm[];
  /** Of all arms, in monotonic milliseconds. */
  readonly phases: readonly PhaseSpan[];
}

/**
 * Judges a run by its records.
 *
 * A run that one of its stop conditions ended is stopped. One that did not go through to its end is inconclusive, whatever it showed so far. Else one criterion that
 * is unmet makes it not as expected, and one that is unknown makes it inconclusive.
 */
export function judge(records: readonly JournalRecord[]): Verdict {
  const run = records.find((record): record is RunRecord & JournalRecord => record.kind === 'run');
  const names = armsIn(records);
  const arms = run === undefined ? [] : names.map((arm) => judgeArm(run, records, arm));
  const main = arms.find(({ arm }) => arm === 'main');
  const breaking = firstRefusal(refusalsOf(records, 'main'));
  const refusals = main?.refusals ?? refusalsByCohort(records, 'main');
  const watched = refusals.incumbent.watched + refusals.newcomer.watched;
  const drill = drillIn(records);
  return {
    ...(stopOf(records) ?? conclude(incompleteness(records, run, main), arms.flatMap(criteriaOf))),
    prediction: recordsOf(records, 'main', 'prediction')[0]?.prediction ?? null,
    observed: { size: breaking?.frontEnds ?? null },
    firstFailedRequest: firstFailedRequest(records, 'main'),
    refusals,
    threadsUnseen: watched > 0 ? null : drill === null ? 'unread' : 'sealed',
    drill,
    goodput: goodputByStage(records, 'main'),
    claims: main?.claims ?? [],
    arms,
    phases: names.flatMap((arm) => phaseSpans(records, arm)),
  };
}

function judgeArm(run: RunRecord, records: readonly JournalRecord[], arm: Arm): JudgedArm {
  const own = recordsOfArm(records, arm);
  const drill = drillIn(own);
  const { outcome, reason } = outcomeOf(own, arm);
  const head = recordsOf(own, arm, 'arm')[0];
  const expected: Expectation = head?.expect ?? { kind: 'healthy' };
  return {
    arm,
    outcome,
    outcomeReason: reason,
    expected,
    method: head?.method ?? [],
    failing: failingOf(own, arm),
    breakingSize: firstRefusal(refusalsOf(own, arm))?.frontEnds ?? null,
    refusals: refusalsByCohort(own, arm),
    claims: CLAIMS.map((claim) =>
      drill === null
        ? evaluate(claim, { run, arm, records: own })
        : { id: claim.id, ...unknownSince(drillText(drill)) },
    ),
    readBack: readBackOf(own, arm),
  };
}

function refusalsByCohort(records: readonly JournalRecord[], arm: Arm): Verdict['refusals'] {
  const evidence = refusalsOf(records, arm);
  return {
    incumbent: refusalsOfCohort(evidence, 'incumbent'),
    newcomer: refusalsOfCohort(evidence, 'newcomer'),
  };
}

/** The verdict on a run that one of its stop conditions ended; null for any other. */
function stopOf(records: readonly JournalRecord[]): Conclusion | null {
  const end = endOf(records);
  return end?.how === 'stopped' ? unjudged('stopped', end.reason ?? 'it does not say why') : null;
}

const endOf = (records: readonly JournalRecord[]): EndRecord | undefined =>
  records.findLast((record): record is EndRecord & JournalRecord => record.kind === 'end');

/** Why the run cannot be judged at all; null when it can. */
function incompleteness(
  records: readonly JournalRecord[],
  run: RunRecord | undefined,
  main: JudgedArm | undefined,
): string | null {
  if (run === undefined) return 'the journal does not say what run it is of';
  const end = endOf(records);
  const drill = drillIn(records);
  if (drill !== null) return drillText(drill);
  if (end === undefined) return 'the journal has no end: the run was cut off';
  if (end.how === 'unsteady') return `nothing was tried: ${end.reason ?? 'an arm came to no steady state'}`;
  if (end.how !== 'complete') {
    return `the run did not go through all its phases: ${end.reason ?? 'it does not say why'}`;
  }
  return main === undefined ? 'the journal has no main arm' : null;
}

type Conclusion = Pick<Verdict, 'verdict' | 'exitCode' | 'reasons' | 'unjudged'>;

function conclusion(verdict: Verdict['verdict'], reasons: readonly string[]): Conclusion {
  return { verdict, exitCode: EXIT_CODES[verdict], reasons, unjudged: null };
}

function unjudged(verdict: 'stopped' | 'inconclusive', why: string): Conclusion {
  return { ...conclusion(verdict, [why]), unjudged: why };
}

function conclude(incomplete: string | null, criteria: readonly Criterion[]): Conclusion {
  const reasonsOf = (standing: Criterion['standing']): string[] =>
    criteria.filter((criterion) => criterion.standing === standing).map(({ reason }) => reason);
  if (incomplete !== null) return unjudged('inconclusive', incomplete);
  const unmet = reasonsOf('unmet');
  if (unmet.length > 0) return conclusion('not-as-expected', unmet);
  const unknown = reasonsOf('unknown');
  if (unknown.length > 0) return conclusion('inconclusive', unknown);
  return conclusion('as-expected', reasonsOf('met'));
}
