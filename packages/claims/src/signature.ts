/**
 * By what a fleet failed that was refused no thread: what failed requests said at full size, and what the observer's
 * probes, the evidence of faults and the deaths of members say of the same time. Either alone could be the sign of
 * something else; a signature asks for both.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { RoutingFailure } from '@fleetfall/protocol/kinesis.ts';
import { nearlyAll } from './arm-outcome.ts';
import { observationsOf, type PhaseSpan, recordsOf, settledSpan } from './arm-timeline.ts';
import { counted } from './figures.ts';
import { weighedWindows } from './goodput.ts';
import { answersOf, OK, wentToKnown } from './load-evidence.ts';

/** What a front-end answers that knows of no back-end for a shard, or gets no answer from the one it knows. */
const WITHOUT_BACK_END: ReadonlySet<string> = new Set<RoutingFailure>(['no-owner', 'back-end-unreachable']);
/** Where there was no front-end to send to. */
const NO_TARGET = 'no-target';
/** Of one probe nobody can tell a back-end that is away from one that was slow for a moment. */
const PROBES_MIN = 2;

/** What the journal shows of a hold at full size once the fleet had settled; null without such a hold. */
export interface Failing {
  /** Why the load is no evidence of it; null when it is. */
  readonly invalid: string | null;
  /** Requests that failed. */
  readonly failed: number;
  /** Of them, those whose front-end said that it had no back-end to go to. */
  readonly withoutBackEnd: number;
  /** Of them, those sent to a front-end that was down, or that had none to go to. */
  readonly withoutFrontEnd: number;
  /** Of them, those of which nobody knows the front-end, since a balancer chose it, nor any routing failure. */
  readonly ofUnknownFrontEnd: number;
  /** Members of the service that were down for most of it. */
  readonly down: readonly string[];
  /** Back-ends that were away, a clause each with what shows it. */
  readonly backEndsAway: readonly string[];
  /** Back-ends that lived and were probed too seldom to say whether they were away. */
  readonly backEndsUnprobed: readonly string[];
}

export function failingOf(records: readonly JournalRecord[], arm: Arm): Failing | null {
  const hold = settledSpan(records, arm, 'outage');
  if (hold === undefined) return null;
  const down = downIn(records, arm, hold);
  const probes = probesIn(records, arm, hold);
  const { fair, invalid } = weighedWindows(records, arm, 'outage', 'settled');
  const failures = fair
    .flatMap(({ load }) => answersOf(load.outcomes))
    .filter(({ outcome }) => outcome !== OK);
  const count = (which: (failure: (typeof failures)[number]) => boolean): number =>
    failures.reduce((sum, each) => sum + (which(each) ? each.count : 0), 0);
  return {
    invalid,
    failed: count(() => true),
    withoutBackEnd: count(({ reason }) => reason !== null && WITHOUT_BACK_END.has(reason)),
    withoutFrontEnd: count(({ memberId, outcome }) => outcome === NO_TARGET || down.includes(memberId)),
    ofUnknownFrontEnd: count(
      (failure) => failure.reason === null && failure.outcome !== NO_TARGET && !wentToKnown(failure),
    ),
    down,
    backEndsAway: [
      ...down.filter(isBackEnd).map((id) => `${id} was down`),
      ...probedInVain(probes),
      ...cutOff(records, arm, hold),
    ],
    backEndsUnprobed: backEndsOf(records, arm).filter(
      (id) => !down.includes(id) && (probes.get(id)?.length ?? 0) < PROBES_MIN,
    ),
  };
}

const isBackEnd = (memberId: string): boolean => memberId.startsWith('be-');

/** Whether something that held from one moment to another held for most of a span. */
function isMostOf(span: PhaseSpan, fromMs: number, toMs: number): boolean {
  const heldMs = Math.min(toMs, span.endMs) - Math.max(fromMs, span.beginMs);
  return heldMs * 2 >= span.endMs - span.beginMs;
}

/** Members of the service that had died, for most of a span. */
function downIn(records: readonly JournalRecord[], arm: Arm, span: PhaseSpan): string[] {
  const lives = recordsOf(records, arm, 'member').filter(
    ({ role }) => role !== 'observer' && role !== 'load',
  );
  const names = [...new Set(lives.map(({ memberId }) => memberId))];
  return names.filter((name) => {
    const own = lives.filter(({ memberId }) => memberId === name);
    return own.some(
      ({ event, monoMs }, index) =>
        event === 'died' && isMostOf(span, monoMs, own[index + 1]?.monoMs ?? span.endMs),
    );
  });
}

/** Back-ends that were started, or probed ever. */
function backEndsOf(records: readonly JournalRecord[], arm: Arm): string[] {
  const started = recordsOf(records, arm, 'member').filter(({ role }) => role === 'back-end');
  const probed = observationsOf(records, arm, 'probe').map(({ record }) => record);
  return [...new Set([...started, ...probed].map(({ memberId }) => memberId))];
}

/** Whether each direct probe that lies wholly in a span was acknowledged, by back-end. */
function probesIn(
  records: readonly JournalRecord[],
  arm: Arm,
  span: PhaseSpan,
): ReadonlyMap<string, readonly boolean[]> {
  const probes = new Map<string, boolean[]>();
  for (const { monoMs, record } of observationsOf(records, arm, 'probe')) {
    if (monoMs - record.tookMs < span.beginMs || monoMs > span.endMs) continue;
    const own = probes.get(record.memberId) ?? [];
    probes.set(record.memberId, own);
    own.push(record.ok);
  }
  return probes;
}

/** Back-ends that acknowledged hardly a probe of the observer. */
function probedInVain(probes: ReadonlyMap<string, readonly boolean[]>): string[] {
  return [...probes].flatMap(([id, own]) => {
    const missed = own.filter((ok) => !ok).length;
    return own.length >= PROBES_MIN && nearlyAll(missed, own.length)
      ? [`${id} acknowledged ${own.length - missed} of ${own.length} direct probes`]
      : [];
  });
}

/** Back-ends that a fault kept from front-ends for most of a span, by its evidence. */
function cutOff(records: readonly JournalRecord[], arm: Arm, span: PhaseSpan): string[] {
  const faults = recordsOf(records, arm, 'fault');
  const healedAtMs = new Map(
    faults.flatMap(({ event, faultId, monoMs }) => (event === 'heal' ? [[faultId, monoMs]] : [])),
  );
  return faults
    .filter(
      ({ faultId, event, outcome, monoMs }) =>
        event === 'inject' &&
        outcome === 'installed' &&
        isMostOf(span, monoMs, healedAtMs.get(faultId) ?? span.endMs),
    )
    .flatMap(({ faultId, fault, members, evidence }) => {
      if (fault.kind === 'pause') {
        return members.filter(isBackEnd).map((id) => `${id} was paused (${faultId})`);
      }
      if (fault.kind !== 'partition') return [];
      const silent = evidence.filter(({ of, holds }) => holds === true && isBetweenBoth(of)).length;
      return silent === 0
        ? []
        : [`${counted(silent, 'way')} between back-ends and front-ends silent (${faultId})`];
    });
}

/** Whether evidence is of a way between a back-end and a front-end: `be-1 → fe-01`. */
function isBetweenBoth(way: string): boolean {
  const ends = way.split(' → ');
  return ends.length === 2 && ends.some(isBackEnd) && ends.some((end) => end.startsWith('fe-'));
}
