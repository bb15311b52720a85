import { drawFall } from '@fleetfall/report/fall-picture.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withoutObserved } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { elementsOf } from './well-formed.ts';

const outage = tellRun({ arms: ['main', 'control-event-loop'] });

describe('the picture of an outage', () => {
  const svg = drawFall(outage);

  test('is well-formed, and holds nothing that runs or is fetched', () => {
    const elements = elementsOf(svg);
    expect(elements[0]).toBe('svg');
    expect(new Set(elements)).not.toContain('script');
    expect(svg).not.toMatch(/href|url\(|@import|@font-face/);
  });

  test('says in figures what happened', () => {
    expect(svg).toContain('As expected: predicted to break at 14 front-ends, it broke at 14');
    expect(svg).toContain('goodput went from 240 to 0 requests/s');
    expect(svg).toContain('12 of 12 incumbents and 5 of 5 newcomers were refused threads.');
    expect(svg).toContain('pids.max 24');
    expect(svg).toContain('first thread refused: 14 front-ends');
    expect(svg).toContain('below the limit again,');
  });

  test('has a line for every life of a front-end: 17 that were started, 12 that were restarted', () => {
    expect(svg.match(/class="line incumbent"/g)).toHaveLength(24);
    expect(svg.match(/class="line newcomer"/g)).toHaveLength(5);
  });

  test('names every phase and boxes the size that was predicted', () => {
    for (const phase of [
      'start',
      'steady state',
      'growth',
      'addition',
      'outage',
      'removal',
      'restart',
      'recovery',
    ]) {
      expect(svg).toContain(`>${phase}</text>`);
    }
    expect(svg).toMatch(/class="box"\/?>(<\/rect>)?<text[^>]*>14</);
  });

  test('tells errors apart by name', () => {
    expect(svg).toContain('ServiceUnavailable: map-aged');
    expect(svg).toContain('ServiceUnavailable: map-missing');
  });

  test('follows the reader into the dark', () => {
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
  });

  test('draws no coordinate that is not a number', () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('a healthy run shows no refusal and says so', () => {
  const svg = drawFall(tellRun({ expect: { kind: 'healthy' }, pidsMax: 200 }));
  expect(svg).toContain('As expected: nothing broke up to 23 front-ends');
  expect(svg).toContain('None of 23 front-ends was refused a thread.');
  expect(svg).not.toContain('class="moment"');
});

test.each([
  ['an empty journal', []],
  ['a run that was cut off before growth', cutBefore(outage, 'growth')],
  ['a run without kernel counters', withoutObserved(outage, 'sample')],
])('%s is drawn all the same', (_, records) => {
  const svg = drawFall(records);
  expect(() => elementsOf(svg)).not.toThrow();
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('text from the journal cannot break out of the picture', () => {
  const hostile = outage.map((record) =>
    record.kind === 'run' ? { ...record, runId: '</text><script>alert("&")</script>' } : record,
  );
  expect(elementsOf(drawFall(hostile))).not.toContain('script');
});
