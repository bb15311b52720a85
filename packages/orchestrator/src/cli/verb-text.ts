/**
 * What a verb came to, and how the fleet stands, for people.
 */
import { percent } from '@fleetfall/claims/figures.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { MemberStatus } from '../api/running-fleet.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';

/** A few lines: what was done, and the fleet in one line. */
export function answerText(answer: VerbAnswer): string {
  const { removed, outcomes } = answer;
  const done = [
    ...(answer.sealed === null || answer.verb !== 'await-up' ? [] : [...sealedLines(answer.sealed), '']),
    ...(removed.length === 0 ? [] : [` removed ${removed.join(', ')}`]),
    ...outcomes.flatMap(outcomeLines),
  ];
  return `${[...done, standingLine(answer)].join('\n')}\n`;
}

/**
 * The fleet in one line, its members in a table, its faults.
 * @param columns how wide the window is.
 */
export function statusText(answer: VerbAnswer, columns: number): string {
  const { members, faults, journal, phase } = answer.status;
  return `${[
    standingLine(answer),
    ...(phase === null ? [] : [` in phase ${phase}`]),
    '',
    ...memberLines(members, answer.sealed !== null, columns),
    ...(answer.sealed === null ? [] : ['', ...sealedLines(answer.sealed)]),
    ...(faults.length === 0 ? [] : ['', ' faults in force', ...faults.flatMap(outcomeLines)]),
    '',
    ` journal  ${journal}`,
  ].join('\n')}\n`;
}

/** What is to be known of a drill before its cause is. */
function sealedLines(commitment: string): string[] {
  return [
    ` a blind drill: the cause is sealed as ${commitment}`,
    ' counts against limits, and faults, are not shown: look for yourself, where the host has them',
  ];
}

function standingLine({ fleet, status, sealed }: VerbAnswer): string {
  const { frontEnds, tasksMost, limit, load, refusals, runtime } = status;
  const parts = [
    ` fleet ${fleet} on ${runtime}`,
    `${frontEnds} front-ends`,
    ...(sealed === null ? [`tasks ${tasksMost}/${limit ?? '∞'}`] : []),
  ];
  if (load.okPerSecond !== null) parts.push(`${Math.round(load.okPerSecond)} ok/s`);
  if (load.failedPerSecond > 0)
    parts.push(`${Math.round(load.failedPerSecond)} failed/s, most ${load.mostError}`);
  const { incumbent, newcomer } = refusals;
  if (incumbent + newcomer > 0) parts.push(`threads refused: ${incumbent} incumbents, ${newcomer} newcomers`);
  return parts.join('  ');
}

interface MemberColumn {
  readonly head: string;
  readonly width: number;
  /** What has the highest is left out first; 0 stays. */
  readonly rank: number;
  readonly text: (member: MemberStatus) => string;
}

const MEMBER_COLUMNS: readonly MemberColumn[] = [
  { head: 'member', width: 9, rank: 0, text: ({ memberId }) => memberId },
  { head: 'cohort', width: 10, rank: 2, text: ({ cohort }) => cohort ?? '–' },
];
const COUNTS: readonly MemberColumn[] = [
  {
    ...{ head: 'tasks', width: 8, rank: 0 },
    text: ({ running, tasks, limit }) => (running ? `${tasks ?? '–'}/${limit ?? '–'}` : 'down'),
  },
  { head: 'refused', width: 8, rank: 0, text: ({ refusedThreads }) => String(refusedThreads ?? '–') },
];
/** In place of counts that are sealed. */
const STATE: MemberColumn = {
  ...{ head: 'state', width: 6, rank: 0 },
  text: ({ running }) => (running ? 'up' : 'down'),
};
const SERVICE: readonly MemberColumn[] = [
  {
    ...{ head: 'links', width: 7, rank: 1 },
    text: ({ links }) => (links === null ? '–' : `${links.open}/${links.wanted}`),
  },
  { head: 'shard-map', width: 11, rank: 0, text: ({ shardMap }) => mapText(shardMap) },
];

function mapText(shardMap: MemberStatus['shardMap']): string {
  if (shardMap === null) return '–';
  const { completeness, aged, ageMs } = shardMap;
  return `${percent(completeness)}${aged ? ', aged' : ''}${ageMs === null ? ', none built' : ''}`;
}

/** A row for each member, under heads. What a narrow window has no room for is left out, column by column. */
function memberLines(members: readonly MemberStatus[], sealed: boolean, columns: number): string[] {
  let fitting = [...MEMBER_COLUMNS, ...(sealed ? [STATE] : COUNTS), ...SERVICE];
  for (const rank of [2, 1]) {
    if (fitting.reduce((sum, { width }) => sum + width + 1, 0) <= columns) break;
    fitting = fitting.filter((column) => column.rank !== rank);
  }
  const line = (textOf: (column: MemberColumn) => string): string =>
    ` ${fitting.map((column) => textOf(column).padEnd(column.width)).join(' ')}`.trimEnd();
  return [line(({ head }) => head), ...members.map((member) => line(({ text }) => text(member)))];
}

function outcomeLines({ faultId, outcome, members, reason, means, evidence }: FaultOutcome): string[] {
  return [
    ` ${faultId} ${outcome}: ${members.join(', ')}${reason === null ? '' : ` (${reason})`}`,
    ...(means === undefined ? [] : [`   by ${means}`]),
    ...evidence.map(
      ({ of, reading, before, after }) => `   ${of}: ${reading} ${before ?? '–'} → ${after ?? '–'}`,
    ),
  ];
}
