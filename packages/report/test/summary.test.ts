import { SUMMARY_BYTES_MAX, summaryMarkdown } from '@fleetfall/report/summary.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withRecords } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { asTrial, reported, triedAndReadBack } from './reported.ts';

const told = tellRun({ arms: ['main', 'control-event-loop'] });

describe('the summary of a run', () => {
  const text = summaryMarkdown([reported(told)]);

  test('says the verdict first, then sizes, claims, arms and where the journal is', () => {
    expect(text.split('\n')[0]).toMatch(
      /^## ✅ As expected: predicted to break at 14 front-ends, it broke at 14/,
    );
    const places = [
      '## ',
      '| predicted | 14 |',
      '| `threads-linear` |',
      '| control-event-loop |',
      'store/journal.ndjson',
    ];
    const found = places.map((place) => text.indexOf(place));
    expect(found).not.toContain(-1);
    expect(found).toEqual(found.toSorted((left, right) => left - right));
  });

  test('tables have as many cells in every row as in their head', () => {
    const tables = text
      .split('\n\n')
      .map((block) => block.split('\n').filter((line) => line.startsWith('|')));
    for (const rows of tables.filter(({ length }) => length > 0)) {
      expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1);
    }
  });

  test('tells how often requests were tried and what was read back, where either was', () => {
    const tried = summaryMarkdown([reported(triedAndReadBack(told, 'outage'))]);
    expect(tried).toMatch(/\| 0 % \(0\/s, each tried 2\.0 times\) \|/);
    expect(tried).toContain('| main | 900 records acknowledged, 1 lost, 2 there twice');
    expect(tried).toContain('the history of writes is in main.history |');
    expect(text).not.toContain('each tried');
    expect(text).not.toContain('read back');
  });

  test('of a run that was not as expected says why', () => {
    const unmet = summaryMarkdown([reported(tellRun({ expect: { kind: 'healthy' } }))]);
    expect(unmet).toMatch(/^## ❌ Not as expected/);
    expect(unmet).toMatch(/because:\n\n- main: outage, not healthy/);
  });

  test('of a run that was cut off says that it cannot be judged', () => {
    const cut = withRecords(cutBefore(told, 'outage'), ({ kind }) => kind !== 'end');
    expect(summaryMarkdown([reported(cut)])).toMatch(/^## ❔ Inconclusive[\s\S]*the journal has no end/);
  });

  test('of a command that broke says so above all', () => {
    const broken = { reason: 'no engine | answers\n# x', atMs: 0 };
    expect(summaryMarkdown([], broken)).toMatch(/^## 💥 Broken: no engine &#124; answers &#35; x\n/);
  });

  test('nothing in a journal becomes markup', () => {
    const evil = '<img src=x>`|\n# @all [a](b)';
    const evilly = told.map((record) =>
      record.kind === 'run' ? { ...record, experiment: evil, seed: evil } : record,
    );
    expect(summaryMarkdown([reported(evilly)])).not.toMatch(/<img src=x>[^`]*$|\n# |\]\(b\)[^`]*$/);
  });
});

test('several trials have one verdict in front, the claims over all, then each', () => {
  const runs = [1, 2, 3].map((number) => reported(asTrial(told, number, 3)));
  const text = summaryMarkdown(runs);
  expect(text).toMatch(/^## ✅ kinesis-2020: 3 of 3 trials as expected/);
  expect(text).toMatch(/\| `threads-linear` \| ❔ unknown \| 3 \| 0 \| 0 \|/);
  expect(text.match(/^### ✅ trial \d: /gm)).toHaveLength(3);
});

test('a summary stays below 1 MiB and says what it left out', () => {
  // Judged once: what each of them came to is not the question here.
  const run = { ...reported(told), records: told.slice(0, 1) };
  const text = summaryMarkdown(Array.from({ length: 1_000 }, () => run));
  expect(Buffer.byteLength(text)).toBeLessThan(1_048_576);
  expect(Buffer.byteLength(text)).toBeGreaterThan(SUMMARY_BYTES_MAX / 2);
  expect(text).toMatch(/\d+ sections did not fit/);
});
