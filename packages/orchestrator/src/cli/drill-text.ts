/**
 * What a drill came to, for people: the cause, how anybody can see that it was drawn before, what was done and guessed
 * and when, and how long it took, beside how long it took on the day.
 */
import type { DrillCause } from '@fleetfall/protocol/drill.ts';
import type { DrillReport, RevealAnswer } from '../drill/drill-report.ts';

/** 05:15 first alarms, 09:39 cause confirmed: AWS's summary of the event. */
const AWS_DIAGNOSIS = '4 h 24 min';

const CAUSE_TEXT: Readonly<Record<DrillCause, string>> = {
  threads: 'threads: the addition took every front-end past the number of threads that it may have',
  memory:
    'memory: front-ends had hardly more than they used, and the kernel killed those that asked for more',
  cpu: 'cpu: front-ends were let run for a small part of each 100 ms',
  partition: 'partition: nothing passed between front-ends and back-ends',
};

export function guessText({ cause, right }: NonNullable<RevealAnswer['guess']>): string {
  return right
    ? ` ${cause}: it is\n`
    : ` ${cause}: it is not; the guess is written down, and the seal stays\n`;
}

export function reportText(report: DrillReport): string {
  const { cause, among, sealedSeed, commitment, alarmAtMs, diagnosisMs, journal } = report;
  const beganMs = alarmAtMs ?? report.actions[0]?.atMs ?? report.guesses[0]?.atMs ?? 0;
  const moments = [
    ...report.actions.map(({ what, atMs }) => ({ atMs, text: what })),
    ...report.guesses.map(({ what, atMs, right }) => ({
      atMs,
      text: `guessed ${what}${right ? ', which is right' : ', which is wrong'}`,
    })),
  ].toSorted((left, right) => left.atMs - right.atMs);
  return `${[
    ` the cause    ${CAUSE_TEXT[cause]}`,
    ` drawn from   ${among.join(', ')}`,
    ` the seal     printf '%s' '${sealedSeed} ${cause}' | sha256sum`,
    `              ${commitment}`,
    ` first alarm  ${alarmAtMs === null ? 'none: no user was failed' : new Date(alarmAtMs).toISOString()}`,
    ...moments.map(({ atMs, text }) => `   ${sinceText(atMs - beganMs).padStart(9)}  ${text}`),
    ` diagnosis    ${diagnosisMs === null ? 'none' : `${durationText(diagnosisMs)} after the first alarm`}; on the day ${AWS_DIAGNOSIS} (05:15 to 09:39)`,
    ` whole journal  ${journal}`,
  ].join('\n')}\n`;
}

/** What was done before the alarm has a sign. */
const sinceText = (ms: number): string => `${ms < 0 ? '−' : '+'}${durationText(Math.abs(ms))}`;

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
