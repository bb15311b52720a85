/**
 * What a run must show to be as expected, criterion by criterion. A criterion is met, unmet, or unknown for want
 * of evidence; what the three come to together is decided in `judge.ts`.
 */
import type { Arm, Expectation, Phase } from '@fleetfall/journal/records.ts';
import type { Signature } from '@fleetfall/protocol/expectation.ts';
import { type Outcome, RESTORED_AT_LEAST } from './arm-outcome.ts';
import type { ClaimResult, ClaimVerdict } from './claim.ts';
import { CLAIMS } from './claims.ts';
import { counted, percent } from './figures.ts';
import type { ReadBack } from './read-back.ts';
import type { CohortRefusals } from './refusals.ts';
import type { Failing } from './signature.ts';

export interface Criterion {
  /** Short and the same from run to run, one of its kind in an arm: what a test report calls it. */
  readonly name: string;
  readonly standing: 'met' | 'unmet' | 'unknown';
  /** One sentence: what was seen. */
  readonly reason: string;
}

/** An arm, with all that was made of it. */
export interface JudgedArm {
  readonly arm: Arm;
  readonly outcome: Outcome;
  readonly outcomeReason: string;
  /** What this arm had to come to. */
  readonly expected: Expectation;
  /** The phases of its method, whether it came to them or not. */
  readonly method: readonly Phase[];
  /** Front-ends at the first refused thread that counts; null without any. */
  readonly breakingSize: number | null;
  readonly refusals: { readonly incumbent: CohortRefusals; readonly newcomer: CohortRefusals };
  /** What it failed by at full size, as far as that is no matter of threads; null when it was not held there. */
  readonly failing: Failing | null;
  readonly claims: readonly ClaimResult[];
  /** null where it was not asked for. */
  readonly readBack: ReadBack | null;
}

/** Claims that say threads ran out: a control that shows one of them is no control. */
const REFUSAL_CLAIMS = ['incumbents-fail', 'cache-build-fails'] as const;
/** Claims with criteria of their own. */
const JUDGED_APART = new Set(['limit-predicted', 'restart-restores']);

/** The criteria of one arm: of its outage where it was to break, and for the reason it was to; else of health. */
export function criteriaOf(arm: JudgedArm): Criterion[] {
  return [...asExpected(arm), ...recordsKept(arm)];
}

function asExpected(arm: JudgedArm): Criterion[] {
  const { expected } = arm;
  if (expected.kind === 'healthy') {
    return arm.arm === 'main'
      ? [outcomeCriterion(arm), nothingRefused(arm)]
      : [outcomeCriterion(arm), ...REFUSAL_CLAIMS.map((id) => mustBeRefuted(arm, id))];
  }
  if (expected.signature !== 'thread-refused') {
    return [outcomeCriterion(arm), nothingRefused(arm), ...signatureCriterion(arm, expected.signature)];
  }
  return [
    outcomeCriterion(arm),
    ...sizeCriterion(arm, expected.atSize),
    refusedIn(arm, 'incumbent'),
    refusedIn(arm, 'newcomer'),
    ...restartCriterion(arm),
    ...reportedByAws(arm),
  ];
}

function outcomeCriterion({ arm, outcome, outcomeReason, expected }: JudgedArm): Criterion {
  const name = expected.kind;
  if (outcome === 'unknown') return { name, standing: 'unknown', reason: `${arm}: ${outcomeReason}` };
  return {
    name,
    standing: outcome === expected.kind ? 'met' : 'unmet',
    reason: `${arm}: ${outcome === expected.kind ? outcome : `${outcome}, not ${expected.kind}`} (${outcomeReason})`,
  };
}

/** The size at the first refused thread: as predicted, a number, or any. */
function sizeCriterion(arm: JudgedArm, atSize: 'predicted' | number | null): Criterion[] {
  if (atSize === null) return [];
  if (atSize === 'predicted') return [mustBeHeld(arm, 'limit-predicted')];
  const name = 'breaking-size';
  const seen = arm.breakingSize;
  if (seen === null)
    return [{ name, standing: 'unmet', reason: `${arm.arm}: no thread was refused at any size` }];
  return [
    {
      name,
      standing: seen === atSize ? 'met' : 'unmet',
      reason: `${arm.arm}: the first thread was refused at ${seen} front-ends, expected at ${atSize}`,
    },
  ];
}

function refusedIn({ arm, refusals }: JudgedArm, cohort: 'incumbent' | 'newcomer'): Criterion {
  const { members, hits, unknown, watched, why } = refusals[cohort];
  const name = `${cohort}s-refused`;
  const seen = `${arm}: ${members} of ${counted(watched, cohort)} were refused threads, ${hits} in all`;
  if (members > 0) return { name, standing: 'met', reason: seen };
  if (watched === 0) {
    return { name, standing: 'unknown', reason: `${arm}: no ${cohort}'s kernel counters were read` };
  }
  if (unknown > 0)
    return { name, standing: 'unknown', reason: `${seen}; of ${unknown} it is not known: ${why}` };
  return { name, standing: 'unmet', reason: seen };
}

function nothingRefused({ arm, refusals: { incumbent, newcomer } }: JudgedArm): Criterion {
  const name = 'nothing-refused';
  const watched = incumbent.watched + newcomer.watched;
  const members = incumbent.members + newcomer.members;
  const unknown = incumbent.unknown + newcomer.unknown;
  const reason = `${arm}: ${members} of ${counted(watched, 'front-end')} were refused threads`;
  if (members > 0) return { name, standing: 'unmet', reason };
  if (watched === 0 || unknown > 0) {
    return { name, standing: 'unknown', reason: `${reason}; ${unknown} could not be told` };
  }
  return { name, standing: 'met', reason };
}

/** That the fleet failed by what it was to fail by: most requests say so, and so does what was seen of members. */
function signatureCriterion({ arm, failing }: JudgedArm, name: Signature): Criterion[] {
  if (name !== 'back-end-unreachable' && name !== 'members-died') return [];
  if (failing === null || failing.failed === 0) {
    const why = failing?.invalid ?? 'no request failed in a hold at full size';
    return [{ name, standing: 'unknown', reason: `${arm}: ${why}` }];
  }
  const { failed, withoutBackEnd, withoutFrontEnd, down, backEndsAway } = failing;
  const ofBackEnds = name === 'back-end-unreachable';
  const asSigned = ofBackEnds
    ? withoutBackEnd
    : withoutFrontEnd + (down.every((id) => id.startsWith('fe-')) ? 0 : withoutBackEnd);
  const seen = ofBackEnds ? backEndsAway : down.map((id) => `${id} was down`);
  const want = ofBackEnds ? 'a back-end' : 'a member that was down';
  const reason = `${arm}: ${asSigned} of ${counted(failed, 'failure')} were for want of ${want}; ${seen.length === 0 ? `nothing shows ${ofBackEnds ? 'that a back-end was away' : 'that a member was down'}` : seen.join(', ')}`;
  if (asSigned * 2 > failed && seen.length > 0) return [{ name, standing: 'met', reason }];
  const unseen = ofBackEnds ? unprobed(failing, asSigned) : hiddenByBalancer(failing, asSigned);
  if (unseen !== null) return [{ name, standing: 'unknown', reason: `${reason}; ${unseen}` }];
  return [{ name, standing: 'unmet', reason }];
}

/** Why it cannot be told whether a back-end was away where failures say so; null where it can. */
function unprobed({ failed, backEndsAway, backEndsUnprobed }: Failing, asSigned: number): string | null {
  if (asSigned * 2 <= failed || backEndsAway.length > 0 || backEndsUnprobed.length === 0) return null;
  return `too few probes reached for ${backEndsUnprobed.join(', ')} to tell`;
}

/** Why it cannot be told whether failures were at the members that were down; null where it can. */
function hiddenByBalancer({ failed, down, ofUnknownFrontEnd }: Failing, asSigned: number): string | null {
  const isDown = down.some((id) => id.startsWith('fe-'));
  if (!isDown || (asSigned + ofUnknownFrontEnd) * 2 <= failed) return null;
  return `${ofUnknownFrontEnd} went through the balancer, and which front-end they were at is not known`;
}

function mustBeHeld({ arm, claims }: JudgedArm, id: string): Criterion {
  return mustBe(arm, resultOf(claims, id), 'held', 'refuted');
}

function mustBeRefuted({ arm, claims }: JudgedArm, id: string): Criterion {
  return { ...mustBe(arm, resultOf(claims, id), 'refuted', 'held'), name: `no-${id}` };
}

function mustBe(arm: Arm, result: ClaimResult, met: ClaimVerdict, unmet: ClaimVerdict): Criterion {
  const name = result.id;
  const reason = `${arm}: ${result.id} ${result.verdict}: ${result.account}`;
  if (result.verdict === met) return { name, standing: 'met', reason };
  return { name, standing: result.verdict === unmet ? 'unmet' : 'unknown', reason };
}

/**
 * A restart, where there was one, must be seen to restore, unless the removal had healed the fleet as the assumption in force says it
 * would: then there was nothing left to restore, and no run could show it.
 */
function restartCriterion(arm: JudgedArm): Criterion[] {
  if (!arm.method.includes('restart')) return [];
  const removal = resultOf(arm.claims, 'removal-is-not-enough');
  const restart = resultOf(arm.claims, 'restart-restores');
  const back = removal.evidence.afterRemovalFraction;
  const healedAsAssumed =
    removal.verdict === 'consistent' && typeof back === 'number' && back >= RESTORED_AT_LEAST;
  if (restart.verdict === 'unknown' && healedAsAssumed) {
    return [
      {
        name: 'restart-restores',
        standing: 'met',
        reason: `${arm.arm}: the removal alone brought ${percent(back)} back, as assumed`,
      },
    ];
  }
  return [mustBeHeld(arm, 'restart-restores')];
}

/** What AWS reported as observed must not be contradicted. */
function reportedByAws({ arm, claims }: JudgedArm): Criterion[] {
  return CLAIMS.filter(({ id, from }) => (from === 'A' || from === 'A/I') && !JUDGED_APART.has(id)).flatMap(
    ({ id }): Criterion[] => {
      const { verdict, account } = resultOf(claims, id);
      const reason = `${arm}: ${id} ${verdict}: ${account}`;
      if (verdict === 'refuted') return [{ name: id, standing: 'unmet', reason }];
      return verdict === 'held' ? [{ name: id, standing: 'met', reason }] : [];
    },
  );
}

/** That what was acknowledged is there: once and in order, but for what a client wrote again by itself. */
function recordsKept({ arm, readBack }: JudgedArm): Criterion[] {
  if (readBack === null) return [];
  const name = 'no-record-lost';
  const { result, failure, retries } = readBack;
  if (result === null)
    return [{ name, standing: 'unknown', reason: `${arm}: nothing was read back: ${failure}` }];
  const { acknowledged, lost, duplicated, outOfOrder, refusedButFound } = result;
  const once = duplicated === 0 && outOfOrder === 0;
  const kept = lost === 0 && refusedButFound === 0 && (once || retries);
  const reason = `${arm}: of ${counted(acknowledged, 'acknowledged record')} ${lost} were lost, ${duplicated} were there twice, ${outOfOrder} were out of order; ${refusedButFound} were there that had been refused`;
  if (acknowledged === 0) return [{ name, standing: 'unknown', reason }];
  return [{ name, standing: kept ? 'met' : 'unmet', reason }];
}

function resultOf(claims: readonly ClaimResult[], id: string): ClaimResult {
  const result = claims.find((claim) => claim.id === id);
  return result ?? { id, verdict: 'unknown', account: 'it was not judged', evidence: {} };
}
