/**
 * By what a fleet failed that was refused no thread: what failed requests said at full size, and what the observer's
 * probes, the evidence of faults and the deaths of members say of the same time. Either alone could be the sign of
 * something else; a signature asks for both.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { RoutingFailure } from '@fleetfall/protocol/kinesis.ts';
import { isWithin, observationsOf, type PhaseSpan, phaseSpan, recordsOf } from './arm-timeline.ts';
import { counted } from './figures.ts';
import { fairWindows } from './goodput.ts';
import { answersOf, OK } from './load-evidence.ts';

/** What a front-end answers that knows of no back-end for a shard, or gets no answer from the one it knows. */
const WITHOUT_BACK_END: ReadonlySet<string> = new Set<RoutingFailure>(['no-owner', 'back-end-unreachable']);
/** Where there was no front-end to send to. */
const NO_TARGET = 'no-target';

/** What the journal shows of a hold at full size; null without such a hold. */
export interface Failing {
  /** Requests that failed. */
  readonly failed: number;
  /** Of them, those whose front-end said that it had no back-end to go to. */
  readonly withoutBackEnd: number;
  /** Of them, those sent to a front-end that was down, or that had none to go to. */
  readonly withoutFrontEnd: number;
  /** Members of the service that were down throughout. */
  readonly down: readonly string[];
  /** Back-ends that were away, a clause each with what shows it. */
  readonly backEndsAway: readonly string[];
}

export function failingOf(records: readonly JournalRecord[], arm: Arm): Failing | null {
  const hold = phaseSpan(records, arm, 'outage');
  if (hold === undefined) return null;
  const down = downThroughout(records, arm, hold);
  const failures = fairWindows(records, arm, 'outage', 'settled')
    .flatMap(({ load }) => answersOf(load.outcomes))
    .filter(({ outcome }) => outcome !== OK);
  const count = (of: typeof failures): number => of.reduce((sum, each) => sum + each.count, 0);
  return {
    failed: count(failures),
    withoutBackEnd: count(failures.filter(({ reason }) => reason !== null && WITHOUT_BACK_END.has(reason))),
    withoutFrontEnd: count(
      failures.filter(({ memberId, outcome }) => outcome === NO_TARGET || down.includes(memberId)),
    ),
    down,
    backEndsAway: [
      ...down.filter(isBackEnd).map((id) => `${id} was down`),
      ...probedInVain(records, arm, hold),
      ...cutOff(records, arm, hold.beginMs),
    ],
  };
}

const isBackEnd = (memberId: string): boolean => memberId.startsWith('be-');

/** Members of the service that had died when a span began and did not come back in it. */
function downThroughout(records: readonly JournalRecord[], arm: Arm, span: PhaseSpan): string[] {
  const lives = recordsOf(records, arm, 'member').filter(
    ({ role }) => role !== 'observer' && role !== 'load',
  );
  const names = [...new Set(lives.map(({ memberId }) => memberId))];
  return names.filter((name) => {
    const own = lives.filter(({ memberId, monoMs }) => memberId === name && monoMs <= span.endMs);
    const last = own.at(-1);
    return last?.event === 'died' && last.monoMs <= span.beginMs;
  });
}

/** Back-ends that acknowledged no probe of the observer. */
function probedInVain(records: readonly JournalRecord[], arm: Arm, span: PhaseSpan): string[] {
  const probes = observationsOf(records, arm, 'probe').filter(({ monoMs }) => isWithin(span, monoMs));
  const byBackEnd = Map.groupBy(probes, ({ record }) => record.memberId);
  return [...byBackEnd.entries()]
    .filter(([, own]) => own.every(({ record }) => !record.ok))
    .map(([id, own]) => `${id} acknowledged none of ${own.length} direct probes`);
}

/** Back-ends that a fault kept from front-ends, by its evidence, and that was not lifted before. */
function cutOff(records: readonly JournalRecord[], arm: Arm, byMs: number): string[] {
  const faults = recordsOf(records, arm, 'fault').filter(({ monoMs }) => monoMs <= byMs);
  const healed = new Set(faults.filter(({ event }) => event === 'heal').map(({ faultId }) => faultId));
  return faults
    .filter(
      ({ faultId, event, outcome }) => event === 'inject' && outcome === 'installed' && !healed.has(faultId),
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
