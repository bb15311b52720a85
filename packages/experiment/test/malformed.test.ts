/**
 * Malformed experiment files, each with the message that its author gets: where, which field, what it says, what is
 * allowed.
 */
import { describe, expect, it } from 'vitest';
import { layOut } from '../src/layout.ts';
import { readExperiment } from '../src/read-experiment.ts';
import { changed, errorOf, GOOD, ownPhases } from './malformed.ts';

describe('an experiment file', () => {
  it('is read when it is right', () => {
    const { arms, experiment } = layOut(readExperiment({ file: 'mine.yaml', text: GOOD }), 'seed');
    expect([experiment, arms.map(({ name }) => name)]).toEqual(['mine', ['main']]);
  });

  it.each([
    [
      'has a stretch that would shorten its times',
      `${GOOD}stretch: 0.5\n`,
      /^mine\.yaml:16:1: stretch '0\.5': must be 'measured' or a number from 1 to 20$/,
    ],
    [
      'says more than is said again',
      changed('pidsMax: 16', `pidsMax: ${'9'.repeat(10)}${'x'.repeat(500)}`),
      /^mine\.yaml:5:3: fleet\.pidsMax '9{10}x{70}…': must be a whole number/,
    ],
    ['is empty', '', /^mine\.yaml:1:1 is empty: must be a map of the fields of an experiment$/],
    [
      'is of another version',
      changed('version: 1', 'version: 2'),
      /^mine\.yaml:1:1: version '2': must be 1$/,
    ],
    ['has no name', changed('name: mine\n', ''), /^mine\.yaml:1:1: name is missing: must be text$/],
    [
      'has a name that is no name',
      changed('mine', 'My Test'),
      /^mine\.yaml:2:1: name 'My Test': must be a name of lower-case letters/,
    ],
    [
      'has a field that there is not',
      changed('pidsMax', 'pidMax'),
      /^mine\.yaml:5:3: fleet\.pidMax: is no field: 'fleet' takes frontEnds, .*pidsMax/,
    ],
    [
      'has a word for a number',
      changed('frontEnds: 4', 'frontEnds: four'),
      /^mine\.yaml:4:3: fleet\.frontEnds 'four': must be a whole number from 3 to 100$/,
    ],
    [
      'has a number out of bounds',
      changed('frontEnds: 4', 'frontEnds: 1000'),
      /^mine\.yaml:4:3: fleet\.frontEnds '1000': must be a whole number from 3 to 100$/,
    ],
    [
      'has half a front-end',
      changed('frontEnds: 4', 'frontEnds: 4.5'),
      /^mine\.yaml:4:3: fleet\.frontEnds '4\.5': must be a whole number/,
    ],
    [
      'has a duration without its unit',
      changed('hold: 2s', 'hold: 2'),
      /^mine\.yaml:12:9: method\[1\]\.steps\[0\]\.hold '2': '2' is not a duration: write a number and a unit/,
    ],
    [
      'has a duration with a wrong unit',
      changed('hold: 2s', 'hold: 2d'),
      /^mine\.yaml:12:9: .*hold '2d': '2d' is not a duration: write a number and a unit/,
    ],
    [
      'has a step that there is not',
      changed('hold: 2s', 'wait: 2s'),
      /^mine\.yaml:12:9: method\[1\]\.steps\[0\]\.wait: is no field: .* takes grow, shrink/,
    ],
    [
      'has a step with two verbs',
      changed('hold: 2s', 'hold: 2s\n        settle: linked'),
      /^mine\.yaml:12:9: method\[1\]\.steps\[0\]: must have one verb/,
    ],
    [
      'has a phase without steps',
      changed('    steps:\n      - hold: 2s\n', '    steps: []\n'),
      /^mine\.yaml:11:5: method\[1\]\.steps: must have a step$/,
    ],
    [
      'has two phases of one name',
      changed('phase: outage', 'phase: growth'),
      /^mine\.yaml:10:5: method\[1\]\.phase: two phases are named 'growth'$/,
    ],
    [
      'has no phase to judge by',
      changed('phase: outage', 'phase: holding'),
      /^mine\.yaml:6:1: method: must have a phase 'outage'/,
    ],
    [
      'takes a phase that is its own',
      changed('phase: growth', 'phase: start'),
      /^mine\.yaml:7:5: method\[0\]\.phase 'start': 'start' and 'steady-state' are every arm's own$/,
    ],
    ['has no main arm', changed('  main:', '  other:'), /^mine\.yaml:13:1: arms: must have an arm 'main'$/],
    [
      'expects what there is not',
      changed('expect: outage', 'expect: chaos'),
      /^mine\.yaml:15:5: arms\.main\.expect 'chaos': must be 'healthy', 'outage', or an outage/,
    ],
    [
      'expects an outage by a signature that there is not',
      changed('expect: outage', 'expect: { outage: { signature: fire } }'),
      /^mine\.yaml:15:25: arms\.main\.expect\.outage\.signature 'fire': must be one of thread-refused, nothing-refused, back-end-unreachable, members-died$/,
    ],
    [
      'sets in an arm what is no path',
      changed('expect: outage', 'set: { fleet..x: 1 }\n    expect: outage'),
      /^mine\.yaml:15:12: .*'fleet\.\.x': must be the path of a field/,
    ],
    [
      'sets in an arm what is no field',
      changed('expect: outage', 'set: { fleet.pids: 1 }\n    expect: outage'),
      /^mine\.yaml:15:12: fleet\.pids: is no field: 'fleet' takes/,
    ],
    [
      'grows as an arm that there is not',
      changed('{ by: 1, until: thread-refused, orTo: 6, settle: spread }', '{ as: second }'),
      /^mine\.yaml:9:17: method\[0\]\.steps\[0\]\.grow\.as 'second': is for arms that are run after another, and this one is the first$/,
    ],
    [
      'grows an arm as one that is not run before it',
      `${GOOD}  second:\n    method:\n${ownPhases('{ grow: { as: third } }')}    expect: healthy\n`,
      /^mine\.yaml:20:23: arms\.second\.method\[0\]\.steps\[0\]\.grow\.as 'third': must be an arm that is run before this one: main$/,
    ],
    [
      'has an arm whose own method has no phase to judge by',
      `${GOOD}  second:\n    method:\n${ownPhases('{ hold: 1s }').replace('outage', 'holding')}    expect: healthy\n`,
      /^mine\.yaml:17:5: arms\.second\.method: must have a phase 'outage'/,
    ],
    [
      'limits members below what they boot with',
      changed('hold: 2s', 'limit: { pidsMax: 2 }'),
      /^mine\.yaml:12:18: method\[1\]\.steps\[0\]\.limit\.pidsMax 2: must be at least 11: a front-end boots with so many tasks$/,
    ],
    [
      'kills a member that there is not',
      changed('hold: 2s', 'kill: { members: [be-1, be-99] }'),
      /^mine\.yaml:12:33: method\[1\]\.steps\[0\]\.kill\.members\[1\] 'be-99': there is no such member by then: must be one of fe-01 to fe-\d+, be-1, be-2, metadata$/,
    ],
    [
      'cuts off a member that has not come by then',
      changed(
        '- grow: {',
        '- partition: { targets: { members: [fe-04] }, from: { members: [fe-05] } }\n      - grow: {',
      ),
      /^mine\.yaml:9:71: method\[0\]\.steps\[0\]\.partition\.from\.members\[0\] 'fe-05': .* fe-01 to fe-04,/,
    ],
    [
      'grows past what it may come to',
      changed('hold: 2s', 'grow: { by: 90 }'),
      /^mine\.yaml:12:17: method\[1\]\.steps\[0\]\.grow\.by 90: there are 6 front-ends by then and fleet\.frontEndsMax is 24: must be at most 18, or raise it \(--front-ends-max\)$/,
    ],
    [
      'rolls back what there is not',
      `${GOOD}rollback:\n  - pause: { members: [load] }\n`,
      /^mine\.yaml:17:24: rollback\[0\]\.pause\.members\[0\] 'load': there is no such member/,
    ],
    [
      'has a condition on what is not measured',
      `${GOOD}stopWhen:\n  - { metric: luck, is: '> 1' }\n`,
      /^mine\.yaml:17:7: stopWhen\[0\]\.metric 'luck': must be one of goodput, /,
    ],
    [
      'has a condition without a bound',
      `${GOOD}stopWhen:\n  - { metric: goodput, is: 99% }\n`,
      /^mine\.yaml:17:24: stopWhen\[0\]\.is '99%': '99%' is not a bound/,
    ],
    [
      'has a bound on a share without its unit',
      `${GOOD}stopWhen:\n  - { metric: goodput, is: '>= 99' }\n`,
      /^mine\.yaml:17:24: stopWhen\[0\]\.is '>= 99': must be a percentage, such as '>= 99%'$/,
    ],
    [
      'has a bound on a share that it cannot come to',
      `${GOOD}steadyState:\n  - { metric: 'errors{timeout}', is: '> 101%' }\n`,
      /^mine\.yaml:17:34: steadyState\[0\]\.is '> 101%': must be at most 100%$/,
    ],
    [
      'has a bound on a count in a unit',
      `${GOOD}stopWhen:\n  - { metric: tasks, is: '> 20ms' }\n`,
      /^mine\.yaml:17:22: stopWhen\[0\]\.is '> 20ms': must be a number without a unit, such as '<= 20'$/,
    ],
    [
      'has a bound on a latency as a percentage',
      `${GOOD}stopWhen:\n  - { metric: p99.9, is: '> 20%' }\n`,
      /^mine\.yaml:17:22: stopWhen\[0\]\.is '> 20%': must be a duration with its unit, such as '< 200ms'$/,
    ],
    [
      'has a bound on a rate as a count',
      `${GOOD}stopWhen:\n  - { metric: ok-rate, is: '< 20' }\n`,
      /^mine\.yaml:17:24: stopWhen\[0\]\.is '< 20': must be a rate, such as '> 100\/s'$/,
    ],
    [
      'asks by cohort for what is not told by cohort',
      `${GOOD}stopWhen:\n  - { metric: p99, is: '> 1s', cohort: newcomer }\n`,
      /^mine\.yaml:17:32: stopWhen\[0\]\.cohort 'newcomer': must be left out: p99 is not told by cohort$/,
    ],
    [
      'has too low a limit',
      changed('pidsMax: 16', 'pidsMax: 12'),
      /^mine\.yaml:5:3: fleet\.pidsMax 12: must be at least 14/,
    ],
    [
      'has a limit that growth does not reach',
      changed('pidsMax: 16', 'pidsMax: 99'),
      /^mine\.yaml:5:3: fleet\.pidsMax 99: growth stops at 24/,
    ],
  ])('that %s is refused', (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });

  it('tells all that is wrong at once', () => {
    const text = GOOD.replace('frontEnds: 4', 'frontEnds: x').replace('hold: 2s', 'hold: x');
    expect(errorOf(text).split('\n')).toHaveLength(2);
  });

  it.each([
    ['fleet.pidsMax=x', /^--set fleet\.pidsMax 'x': must be a whole number from 1 to 4096$/],
    ['fleet.pidsMax', /^--set 'fleet\.pidsMax': must be PATH=VALUE, such as fleet\.pidsMax=40$/],
    ['fleet..x=1', /'fleet\.\.x': must be the path of a field/],
    ['method[1].steps[0].hold=[', /^--set 'method.*': its value must be YAML: /],
    ['fleet.pidMax=1', /^--set fleet\.pidMax: is no field/],
  ])('with --set %s is refused', (set, message) => {
    expect(errorOf(GOOD, [set])).toMatch(message);
  });
});
