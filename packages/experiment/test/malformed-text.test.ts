/**
 * Experiment files that are not written as one is: no YAML, no document of fields, aliases that nothing can be made of.
 * What a file says and may not is in `malformed.test.ts`.
 */
import { describe, expect, it } from 'vitest';
import { changed, errorOf, GOOD } from './malformed.ts';

describe('an experiment file', () => {
  it.each([
    ['is not YAML', changed('fleet:', 'fleet: ['), /^mine\.yaml:\d+:\d+: is not YAML: /],
    [
      'says a key twice',
      changed('  pidsMax: 16', '  pidsMax: 16\n  pidsMax: 17'),
      /^mine\.yaml:6:3: is not YAML: Map keys must be unique/,
    ],
    ['is a list', '- 1\n', /^mine\.yaml:1:1: must be a map of the fields of an experiment$/],
    [
      'is two documents',
      `${GOOD}---\n${GOOD}`,
      /^mine\.yaml:16:1: must be one document: another begins here$/,
    ],
    [
      'has an alias for nothing',
      changed('hold: 2s', 'hold: *short'),
      /^mine\.yaml:12:15: \*short: nothing before it is named &short$/,
    ],
    [
      'has an alias for what is named only behind it',
      changed('hold: 2s', 'hold: *short').concat('description: &short 2s\n'),
      /^mine\.yaml:12:15: \*short: nothing before it is named &short$/,
    ],
    [
      'has an alias for nothing among many',
      `many: [&one 1${', *one'.repeat(98)}, *other, *one]\n${GOOD}`,
      /^mine\.yaml:1:604: \*other: nothing before it is named &other$/,
    ],
    [
      'has more aliases than can be looked up',
      `many: [&one 1${', *one'.repeat(2_000)}]\n${GOOD}`,
      /^mine\.yaml:1:616: \*one: must be one of at most 100 aliases$/,
    ],
    [
      'has more than that for as many names',
      `${Array.from({ length: 2_000 }, (_, index) => `- &a${index} [1]\n- *a${index}\n`).join('')}`,
      /^mine\.yaml:202:3: \*a100: must be one of at most 100 aliases$/,
    ],
    [
      'has aliases of aliases without end',
      `a: &a [1, 1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n${GOOD}`,
      /^mine\.yaml: its aliases must stand for less: /,
    ],
    [
      'is a template that was not filled in',
      changed('pidsMax: 16', 'pidsMax: {{ limit }}'),
      /^mine\.yaml:5:13: a key must be text: it is a map or a list$/,
    ],
    [
      'has a map for a list',
      changed(
        '  - phase: outage\n    steps:\n      - hold: 2s\n',
        '  - phase: outage\n    steps: { hold: 2s }\n',
      ),
      /^mine\.yaml:11:5: method\[1\]\.steps: must be a list: a line with '- ' for each$/,
    ],
    [
      'has a list for a map',
      changed('arms:\n  main:\n    expect: outage', 'arms: [main]'),
      /^mine\.yaml:13:1: arms: must be a map of fields$/,
    ],
    [
      'has a step without what it takes',
      changed('hold: 2s', 'grow:'),
      /^mine\.yaml:12:9: method\[1\]\.steps\[0\]\.grow is empty: must be a map of fields$/,
    ],
    [
      'has a verb for a step',
      changed('hold: 2s', 'hold'),
      /^mine\.yaml:12:9: method\[1\]\.steps\[0\] 'hold': must be a map of fields$/,
    ],
  ])('that %s is refused', (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});
