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

/** The fleet in one line, its members in a table, its faults. */
export function statusText(answer: VerbAnswer): string {
  const { members, faults, journal, phase } = answer.status;
  return `${[
    standingLine(answer),
    ...(phase === null ? [] : [` in phase ${phase}`]),
    '',
    answer.sealed === null
      ? ' member    cohort     tasks    refused  links   shard-map'
      : ' member    cohort     state  links   shard-map',
    ...members.map((member) => memberLine(member, answer.sealed !== null)),
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

/** @param sealed whether counts of threads are left out. */
function memberLine(member: MemberStatus, sealed: boolean): string {
  const { memberId, cohort, running, tasks, limit, refusedThreads, links, shardMap } = member;
  const map =
    shardMap === null
      ? '–'
      : `${percent(shardMap.completeness)}${shardMap.aged ? ', aged' : ''}${shardMap.ageMs === null ? ', none built' : ''}`;
  const cells = [
    memberId.padEnd(9),
    (cohort ?? '–').padEnd(10),
    ...(sealed
      ? [(running ? 'up' : 'down').padEnd(6)]
      : [
          (running ? `${tasks ?? '–'}/${limit ?? '–'}` : 'down').padEnd(8),
          String(refusedThreads ?? '–').padEnd(8),
        ]),
    (links === null ? '–' : `${links.open}/${links.wanted}`).padEnd(7),
    map,
  ];
  return ` ${cells.join(' ')}`;
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
