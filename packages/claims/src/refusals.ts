/**
 * Which members the kernel refused threads, by the rule of evidence: within one incarnation (a restart makes a
 * new cgroup, whose counters start at zero) the member's `pids.events` `max` rose, its own tasks reached its own
 * `pids.max`, and no ancestor stood at its limit. An outer limit raises a member's counter too, on v1 and on v2
 * before about kernel 6.11, so hits that fail the rule are `unknown`, with why: never counted, never denied.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { cohorts, fleetSizes, frontEndEvents, observationsOf, recordsOf } from './arm-timeline.ts';

/** The refusals of one incarnation of a front-end. */
export interface MemberRefusal {
  readonly memberId: string;
  readonly cohort: Cohort;
  readonly incarnation: number;
  /** `counted` when the rule of evidence is met. */
  readonly standing: 'counted' | 'unknown';
  /** Why it is unknown; null when counted. */
  readonly why: string | null;
  /** Threads refused within the incarnation, from the kernel. */
  readonly hits: number;
  /** When hits were first seen, monotonic. */
  readonly firstMonoMs: number;
  /** The same moment on the wall clock. */
  readonly firstAtMs: number;
  /** Front-ends in the fleet at that moment. */
  readonly frontEnds: number;
}

/** A span of the journal's monotonic time. */
export interface Within {
  readonly beginMs: number;
  readonly endMs: number;
}

export interface RefusalEvidence {
  /** By the time of the first hit. */
  readonly refusals: readonly MemberRefusal[];
  /** Front-ends whose kernel counters were read at all: without any, no refusal means nothing. */
  readonly watched: ReadonlyMap<string, Cohort>;
}

/** Refusals of one cohort, added up. */
export interface CohortRefusals {
  /** Front-ends with counted refusals. */
  readonly members: number;
  /** Threads refused them. */
  readonly hits: number;
  /** Front-ends with hits that the rule of evidence does not let count. */
  readonly unknown: number;
  /** Why those of the first of them do not count; null without any. */
  readonly why: string | null;
  /** Front-ends whose kernel counters were read. */
  readonly watched: number;
}

interface Reading {
  readonly monoMs: number;
  readonly atMs: number;
  readonly kernel: KernelCounters;
}

/** Everything that was read of one incarnation, by the member itself and by the host. */
interface Life {
  readonly memberId: string;
  readonly incarnation: number;
  readonly readings: Reading[];
  witnessed: boolean;
  ancestorAtLimit: boolean;
}

/**
 * Applies the rule of evidence to every incarnation of every front-end of an arm.
 * @param within only what was read within it, and only threads refused since its beginning: what a member met at its
 * boot says nothing of a later growth. @default the whole arm
 */
export function refusalsOf(
  records: readonly JournalRecord[],
  arm: Arm,
  within: Within = { beginMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY },
): RefusalEvidence {
  const cohortOf = cohorts(records, arm);
  const frontEndsAt = fleetSizes(records, arm);
  const watched = new Map<string, Cohort>();
  const refusals: MemberRefusal[] = [];
  for (const life of livesOf(records, arm)) {
    const cohort = cohortOf.get(life.memberId);
    if (cohort === undefined) continue;
    const { wasRead, hits, first, areLocal } = hitsWithin(life, within);
    if (wasRead) watched.set(life.memberId, cohort);
    if (first === undefined) continue;
    const why = whyUnknown(life, areLocal);
    refusals.push({
      memberId: life.memberId,
      cohort,
      incarnation: life.incarnation,
      standing: why === null ? 'counted' : 'unknown',
      why,
      hits,
      firstMonoMs: first.monoMs,
      firstAtMs: first.atMs,
      frontEnds: frontEndsAt(first.monoMs),
    });
  }
  refusals.sort((left, right) => left.firstMonoMs - right.firstMonoMs);
  return { refusals, watched };
}

/** The earliest counted refusal; undefined without any. Its `frontEnds` is the breaking size as observed. */
export function firstRefusal(evidence: RefusalEvidence): MemberRefusal | undefined {
  return evidence.refusals.find(({ standing }) => standing === 'counted');
}

/** Adds up the refusals of one cohort, a member once however many incarnations it had. */
export function refusalsOfCohort(evidence: RefusalEvidence, cohort: Cohort): CohortRefusals {
  const own = evidence.refusals.filter((refusal) => refusal.cohort === cohort);
  const counted = own.filter(({ standing }) => standing === 'counted');
  const members = new Set(counted.map(({ memberId }) => memberId));
  const unknown = new Set(own.map(({ memberId }) => memberId).filter((memberId) => !members.has(memberId)));
  return {
    members: members.size,
    hits: counted.reduce((sum, { hits }) => sum + hits, 0),
    unknown: unknown.size,
    why: own.find(({ memberId }) => unknown.has(memberId))?.why ?? null,
    watched: [...evidence.watched.values()].filter((of) => of === cohort).length,
  };
}

/** Threads refused a life within a span: above what its counter stood at before. One pass, with nothing laid aside. */
function hitsWithin({ readings }: Life, { beginMs, endMs }: Within) {
  let before = 0;
  for (const { monoMs, kernel } of readings) {
    if (monoMs < beginMs && kernel.limitHits > before) before = kernel.limitHits;
  }
  let wasRead = false;
  let hits = 0;
  let first: Reading | undefined;
  let areLocal = true;
  for (const reading of readings) {
    if (reading.monoMs < beginMs || reading.monoMs > endMs) continue;
    wasRead = true;
    const risen = reading.kernel.limitHits - before;
    if (risen <= 0) continue;
    hits = Math.max(hits, risen);
    areLocal &&= reading.kernel.hitsAreLocal;
    if (first === undefined || reading.monoMs < first.monoMs) first = reading;
  }
  return { wasRead, hits, first, areLocal };
}

function whyUnknown(life: Life, hitsAreLocal: boolean): string | null {
  const reachedLimit = life.readings.some(
    ({ kernel: { limit, tasks, peak } }) => limit !== null && Math.max(tasks, peak ?? 0) >= limit,
  );
  if (!reachedLimit) return 'it was never seen at its own limit';
  if (life.ancestorAtLimit) return 'a cgroup above it stood at its limit';
  if (!life.witnessed && !hitsAreLocal) {
    return "its counter takes an ancestor's refusals too, and nobody read the host's view, as fleetfall run does";
  }
  return null;
}

/**
 * The lives of an arm, gathered once for each list of records: every claim of refusals asks for them, and a long run has
 * a hundred thousand readings. A list that has grown since is gathered anew.
 */
function livesOf(records: readonly JournalRecord[], arm: Arm): readonly Life[] {
  const ofArms = gathered.get(records) ?? new Map<Arm, GatheredLives>();
  gathered.set(records, ofArms);
  const known = ofArms.get(arm);
  if (known?.records === records.length) return known.lives;
  const lives = gatherLives(records, arm);
  ofArms.set(arm, { records: records.length, lives });
  return lives;
}

interface GatheredLives {
  /** How many records there were. */
  readonly records: number;
  readonly lives: readonly Life[];
}
const gathered = new WeakMap<readonly JournalRecord[], Map<Arm, GatheredLives>>();

function gatherLives(records: readonly JournalRecord[], arm: Arm): Life[] {
  const lives = new Map<string, Life>();
  const lifeOf = (memberId: string, incarnation: number): Life => {
    const key = `${memberId} ${incarnation}`;
    const life = lives.get(key) ?? {
      memberId,
      incarnation,
      readings: [],
      witnessed: false,
      ancestorAtLimit: false,
    };
    lives.set(key, life);
    return life;
  };
  for (const { memberId, readings, incarnation } of ownReadings(records, arm)) {
    lifeOf(memberId, incarnation).readings.push(...readings);
  }
  for (const { monoMs, atMs, readings } of recordsOf(records, arm, 'witness')) {
    for (const { memberId, incarnation, kernel, ancestorAtLimit } of readings) {
      const life = lifeOf(memberId, incarnation);
      life.readings.push({ monoMs, atMs, kernel });
      life.witnessed = true;
      life.ancestorAtLimit ||= ancestorAtLimit;
    }
  }
  return [...lives.values()];
}

/**
 * What front-ends told of their own counters, one entry an incarnation. A member names its incarnation by a
 * string, the host by a count of starts: they are matched by the start that was current at the middle reading,
 * since the first and the last may cross a restart's records on their way into the journal.
 */
function ownReadings(
  records: readonly JournalRecord[],
  arm: Arm,
): { readonly memberId: string; readonly incarnation: number; readonly readings: readonly Reading[] }[] {
  const byName = new Map<string, { memberId: string; readings: Reading[] }>();
  for (const { monoMs, atMs, record } of observationsOf(records, arm, 'sample')) {
    const { state } = record;
    if (state.role !== 'front-end' || state.kernel === null) continue;
    const key = `${state.memberId} ${state.incarnation}`;
    const named = byName.get(key) ?? { memberId: state.memberId, readings: [] };
    byName.set(key, named);
    named.readings.push({ monoMs, atMs, kernel: state.kernel });
  }
  const starts = frontEndEvents(records, arm).filter(({ event }) => event === 'started');
  return [...byName.values()].map(({ memberId, readings }) => {
    const middleMs = readings[Math.floor(readings.length / 2)]?.monoMs ?? 0;
    const current = starts.findLast((start) => start.memberId === memberId && start.monoMs <= middleMs);
    return { memberId, readings, incarnation: current?.incarnation ?? 1 };
  });
}
