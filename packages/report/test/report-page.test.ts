import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { pageOf } from '@fleetfall/report/page/report-page.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withRecords } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';

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

  test('says machine, seed and how to run it again', () => {
    expect(page).toContain('fleetfall run kinesis-2020 --size small --runtime cgroup --seed seed-1');
    expect(page).toContain('6.18');
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
