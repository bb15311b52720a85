import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from '@fleetfall/experiment/layout.ts';
import { readExperiment } from '@fleetfall/experiment/read-experiment.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { pageOf } from '@fleetfall/report/page/report-page.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withRecords } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { triedAndReadBack } from './reported.ts';

const KINESIS = join(import.meta.dirname, '../../../experiments/kinesis-2020.yaml');
const ASSET = { script: 'start()', style: 'body{}' };
const told = tellRun({ arms: ['main', 'control-event-loop', 'control-high-limit'] });

describe('the page of a run', () => {
  const page = pageOf(told, ASSET);

  test('says verdict, figures and every claim with its account', () => {
    expect(page).toContain('Predicted to break at 14 front\u2011ends, it broke at 14');
    expect(page).toContain('As expected');
    for (const id of ['threads-linear', 'limit-predicted', 'restart-restores']) {
      expect(page).toContain(`id="claim-${id}"`);
    }
  });

  test('sets the arms side by side, with what differs between them marked', () => {
    expect(page).toContain('control: links without threads');
    expect(page).toMatch(/class="differs"><th scope="row">pidsMax/);
    expect(page).not.toMatch(/class="differs"><th scope="row">shards/);
  });

  test('says machine, seed, and of an older journal what it takes to run it again', () => {
    expect(page).toContain('fleetfall run experiment.yaml --trials 1 --runtime cgroup --seed seed-1');
    expect(page).toContain('6.18');
  });

  test('gives a changed run again, from what it holds', () => {
    const changed = { size: 'small', set: ['fleet.pidsMax=17'], flags: { onBuildFailure: 'retry' } };
    const layout = layOut(
      readExperiment({ file: KINESIS, text: readFileSync(KINESIS, 'utf8'), ...changed }),
      'seed-1',
    );
    const { effective } = layout;
    const again = againOf(
      pageOf(
        told.map((record) => (record.kind === 'run' ? { ...record, effective } : record)),
        ASSET,
      ),
    );
    expect(again.command).toBe('fleetfall run kinesis-2020.json --trials 1 --runtime cgroup --seed seed-1');
    const read = readExperiment({
      file: 'kinesis-2020.json',
      text: again.file,
      flags: { trials: '1', seed: 'seed-1' },
    });
    expect(layOut(read, 'another')).toEqual({ ...layout, effective: expect.anything() });
    expect(layout.arms[0].fleet).toMatchObject({ pidsMax: 17, frontEnd: { onBuildFailure: 'retry' } });
  });

  test('tells of a client that tried again and of what was read back, and of neither where there was none', () => {
    const tried = pageOf(triedAndReadBack(told, 'outage'), ASSET);
    const [, section = ''] = /<section aria-labelledby="load">([\s\S]*?)<\/section>/.exec(tried) ?? [];
    expect(section).toContain('900 records acknowledged, 1 lost, 2 there twice');
    expect(section).toContain('the history of writes is in main.history');
    const cells = [
      ...section.matchAll(
        /<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td>.*?<td>([\d.]+)<\/td><td>([^<]*)<\/td><\/tr>/g,
      ),
    ];
    expect(cells.map(([, arm, phase, each]) => [arm, phase, each])).toContainEqual([
      ...['the experiment', 'outage', '2.00'],
    ]);
    for (const [, , , , failed] of cells)
      expect(failed).toMatch(/^ServiceUnavailable \d+, connection-reset \d+$/);
    expect(page).not.toContain('aria-labelledby="load"');
  });

  test('names nothing to be fetched', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(page).not.toMatch(/@import|url\((?!data:)/);
  });
});

test('nothing in a journal becomes part of the page', () => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const page = pageOf(
    told.map((record): JournalRecord => (record.kind === 'run' ? { ...record, seed: evil } : record)),
    ASSET,
  );
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;/script&gt;&lt;img');
});

test('a run that was cut short has a page that says why it cannot be judged', () => {
  const page = pageOf(
    withRecords(cutBefore(told, 'outage'), ({ kind }) => kind !== 'end'),
    ASSET,
  );
  expect(page).toContain('Inconclusive');
  expect(page).toContain('the journal has no end: the run was cut off');
});

test('a journal of one record has a page too', () => {
  expect(pageOf(told.slice(0, 1), ASSET)).toContain('Inconclusive');
});

/** The command that gives a run again, and the file that it takes. */
function againOf(page: string): { readonly command: string | undefined; readonly file: string } {
  const [, href = ''] = /href="data:application\/json;charset=utf-8,([^"]*)"/.exec(page) ?? [];
  return { command: /Again: <code>(.*?)<\/code>/.exec(page)?.[1], file: decodeURIComponent(href) };
}

describe('a run whose counts of threads are not in its journal', () => {
  const unseen = told.map((record): JournalRecord => {
    if (record.kind !== 'observer' || record.record.kind !== 'sample') return record;
    return { ...record, record: { ...record.record, state: { ...record.record.state, kernel: null } } };
  });
  const uncounted = withRecords(unseen, ({ kind }) => kind !== 'witness' && kind !== 'prediction');
  const stamp = { monoMs: 1, atMs: 1, arm: 'main' };
  const sealed: JournalRecord[] = [
    ...uncounted.slice(0, -1),
    { ...stamp, kind: 'drill', event: 'sealed', commitment: 'c', among: ['threads', 'memory'] },
    ...uncounted.slice(-1),
  ];

  test.each([
    ['a blind drill', sealed, 'sealed: what is shown of a blind drill has no counts of threads'],
    ['one without kernel counters', uncounted, "not known: no front-end's kernel counters were read"],
  ])('has no figure in their place: %s', (_, records, words) => {
    const page = pageOf(records, ASSET);
    expect(page).toContain(words);
    expect(page).not.toContain('×');
    expect(page).not.toContain('0 threads refused');
    expect(page).not.toContain('observed <b>none</b>');
    expect(page).not.toContain('othing broke');
  });
});
