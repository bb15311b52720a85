/**
 * What is told of a blind drill from the journal that is shown of it, wherever a run is told of: nothing of what is
 * sealed, and no word of what it was held to or how its records are kept.
 */
import { judge } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { junitXml } from '@fleetfall/report/junit.ts';
import { verdictMarkup } from '@fleetfall/report/live/live-page.ts';
import { pageOf } from '@fleetfall/report/page/report-page.ts';
import { summaryMarkdown } from '@fleetfall/report/summary.ts';
import { describe, expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import type { FleetStatus, MemberStatus } from '../src/api/running-fleet.ts';
import { startAccount } from '../src/cli/account.ts';
import { answerText, statusText } from '../src/cli/verb-text.ts';
import { verdictJson, verdictText } from '../src/cli/verdict-text.ts';
import { shownAnswer, shownRecord } from '../src/drill/seal.ts';
import type { VerbAnswer } from '../src/keeper/do-verb.ts';

const COMMITMENT = 'c0ffee';
const told = tellRun();
const last = told.at(-1) as JournalRecord;
const stamp = { monoMs: last.monoMs, atMs: last.atMs, arm: 'main', kind: 'drill' } as const;
/** Of threads: its last words tell the cause. */
const died: JournalRecord = {
  ...{ monoMs: last.monoMs, atMs: last.atMs, arm: 'main', memberId: 'fe-02' },
  kind: 'member',
  event: 'died',
  role: 'front-end',
  cohort: 'incumbent',
  incarnation: 1,
  frontEnds: 1,
  detail: 'exit code 1: the kernel refused a thread: ERR_WORKER_INIT_FAILED: EAGAIN',
};
/** As a class leaves it: an action, a wrong guess, no end yet. */
const shown: readonly JournalRecord[] = [
  ...[...told.slice(0, -1), died].flatMap((record) => shownRecord(record) ?? []),
  { ...stamp, event: 'sealed', commitment: COMMITMENT, among: ['threads', 'cpu'] },
  { ...stamp, event: 'alarm' },
  { ...stamp, event: 'action', did: 'shrink {"cohort":"newcomer"}' },
  { ...stamp, event: 'guess', cause: 'cpu', right: false },
];
const revealed: readonly JournalRecord[] = [
  ...shown,
  { ...stamp, event: 'revealed', cause: 'threads', sealedSeed: '5eed' },
];

const ASSET = { script: 'start()', style: 'body{}' };
/** Every text that is made of a journal, as a person reads it. */
function textsOf(records: readonly JournalRecord[]): Readonly<Record<string, string>> {
  const verdict = judge(records);
  const run = { records, verdict, journalPath: 'journal.ndjson' };
  const page = pageOf(records, ASSET, verdict).replace(
    /<script type="application\/json"[\s\S]*?<\/script>/,
    '',
  );
  let account = '';
  using telling = startAccount({ write: (text: string) => (account += text) });
  for (const record of records) telling.heed(record);
  return {
    account,
    page,
    'live page': verdictMarkup(verdict),
    terminal: verdictText(verdict, records, 'journal.ndjson', { write: () => true, columns: 100 }),
    json: JSON.stringify(verdictJson(verdict, records, 'journal.ndjson')),
    junit: junitXml([run]),
    summary: summaryMarkdown([run]),
  };
}

describe('a blind drill whose cause is sealed', () => {
  const texts = textsOf(shown);

  test.each(Object.keys(texts))('gives nothing away: %s', (place) => {
    expect(texts[place]).not.toMatch(
      /kind «|among|commitment|c0ffee|EAGAIN|was refused a thread|were refused|the kernel refused a/,
    );
    expect(texts[place]).not.toMatch(/was to be shown|gone through all|"limit":\d|predicted (none|\d)/);
  });

  test('says once in each place that nothing is held against it, and how to be told', () => {
    const why = 'a blind drill is held to nothing: fleetfall reveal tells what it was';
    const times = (place: string): number => (texts[place] ?? '').split(why).length - 1;
    expect([times('page'), times('terminal'), times('summary')]).toEqual([1, 1, 1]);
    // The message of an element, and its text.
    expect([times('junit'), texts.junit?.split('<testcase ').length]).toEqual([2, 2]);
    expect(texts.page).toContain('<th scope="row">blind drill</th><td>its cause is sealed</td>');
  });

  test('has no count of refused threads for scripts either: nothing is known of them', () => {
    expect(JSON.parse(texts.json ?? '')).toMatchObject({ refusals: null, observed: { size: null } });
    expect(JSON.parse(textsOf(told).json ?? '').refusals).toEqual(judge(told).refusals);
  });

  test('tells of its users all the same', () => {
    expect(texts.terminal).toMatch(/ main +outage +only 0 % of requests were served/);
    expect(texts.page).toContain('served: ');
  });
});

test('a drill that was revealed says what it was, and is still held to nothing', () => {
  const texts = textsOf(revealed);
  for (const place of ['page', 'terminal', 'junit', 'summary'])
    expect(texts[place]).toContain('a blind drill is held to nothing: its cause was threads');
  for (const place of ['page', 'live page', 'summary']) {
    expect(texts[place]).toMatch(/blind drill of \d+ front.ends, whose cause was threads/);
    expect(texts[place]).not.toContain('under seal');
  }
  expect(JSON.parse(texts.json ?? '')).toMatchObject({
    verdict: 'inconclusive',
    drill: { cause: 'threads' },
  });
});

test('how a fleet under seal stands is told without columns of what is not shown', () => {
  const member: MemberStatus = {
    ...{ memberId: 'fe-01', role: 'front-end', cohort: 'incumbent', running: true, incarnation: 1 },
    ...{ tasks: 15, limit: 15, refusedThreads: 3, links: { open: 4, wanted: 5 } },
    shardMap: { ageMs: 9_000, aged: true, completeness: 1 },
  };
  const status = {
    ...{
      runtime: 'cgroup',
      phase: 'outage',
      frontEnds: 6,
      tasksMost: 15,
      limit: 15,
      journal: 'sealed.ndjson',
    },
    ...{
      refusals: { incumbent: 3, newcomer: 2 },
      members: [member, { ...member, running: false }],
      faults: [],
    },
    load: { running: true, okPerSecond: 0, failedPerSecond: 30, mostError: 'ServiceUnavailable' },
  } as unknown as FleetStatus;
  const answer: VerbAnswer = { fleet: 'f', verb: 'status', removed: [], outcomes: [], status, sealed: null };
  const under = shownAnswer(answer, { commitment: COMMITMENT, journal: 'journal.ndjson' });
  const text = statusText(under, 120);
  expect(text).toContain(
    ' member    cohort     state  links   shard-map\n fe-01     incumbent  up     4/5     100 %, aged\n',
  );
  expect(text).toContain('incumbent  down ');
  expect(`${text}${answerText(under)}`).not.toMatch(/–|refused|tasks|15|sealed\.ndjson/);
  expect(statusText(answer, 120)).toMatch(/tasks +refused[\s\S]* 15\/15 +3 /);
});
