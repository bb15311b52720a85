import { describe, expect, it } from 'vitest';
import { parserOfLines } from '../src/parse-line.ts';

const KNOWN = { 'fe-1': 1_700_000_000_000, 'fe-2': 1_700_000_000_250.5 };

/** A front-end's sample, as an observer tells it. */
const sampled = (learnedAtMs: unknown, tasks = 11): object => ({
  monoMs: 1,
  atMs: 2,
  arm: 'main',
  kind: 'observer',
  record: {
    kind: 'sample',
    state: { role: 'front-end', kernel: { tasks }, membership: { version: 3, learnedAtMs }, links: {} },
  },
});

describe('a parser of lines', () => {
  it.each([
    ['of a sample', sampled(KNOWN)],
    ['of one that knows nobody', sampled({})],
    ['whose names hold braces', sampled({ 'fe}1': 1, '{': 2 })],
    ['whose values are deeper than they are known to be', sampled({ 'fe-1': { at: 1 }, 'fe-2': 2 })],
    ['that only speaks of it', { kind: 'end', how: 'failed', reason: '"learnedAtMs":{"fe-1":1}' }],
    ['that has it elsewhere', { kind: 'of-a-newer-version', learnedAtMs: KNOWN }],
    ['of another role', { kind: 'observer', record: { kind: 'sample', state: { learnedAtMs: KNOWN } } }],
  ])('gives what JSON.parse gives of a line %s', (_, record) => {
    const line = JSON.stringify(record);
    const parse = parserOfLines();
    expect([parse(line), parse(line)]).toEqual([JSON.parse(line), JSON.parse(line)]);
  });

  it('reads what recurs once, and the rest of each line anew', () => {
    const parse = parserOfLines();
    const [first, second] = [11, 12].map((tasks) => parse(JSON.stringify(sampled(KNOWN, tasks))));
    const membershipOf = (record: unknown) =>
      (record as { record: { state: { membership: { learnedAtMs: object } } } }).record.state.membership;
    expect(membershipOf(first).learnedAtMs).toBe(membershipOf(second).learnedAtMs);
    expect([first, second]).toEqual([sampled(KNOWN, 11), sampled(KNOWN, 12)]);
  });

  it.each([1, 40, 150])('refuses a line that is cut %i characters before its end', (left) => {
    const line = JSON.stringify(sampled(KNOWN));
    expect(() => parserOfLines()(line.slice(0, -left))).toThrow(SyntaxError);
  });
});
