/** An experiment file that is right, changed in one thing, and the message that its author gets. */
import { expect } from 'vitest';
import { layOut } from '../src/layout.ts';
import { readExperiment } from '../src/read-experiment.ts';
import { SettingsError } from '../src/settings-error.ts';

export const GOOD = `version: 1
name: mine
fleet:
  frontEnds: 4
  pidsMax: 16
method:
  - phase: growth
    steps:
      - grow: { by: 1, until: thread-refused, orTo: 6, settle: spread }
  - phase: outage
    steps:
      - hold: 2s
arms:
  main:
    expect: outage
`;

/** The phases of an arm's own method, set in below it. */
export const ownPhases = (step: string): string =>
  `      - phase: outage\n        steps:\n          - ${step}\n`;

export function errorOf(text: string, set: readonly string[] = []): string {
  try {
    layOut(readExperiment({ file: 'mine.yaml', text, set }), 'seed');
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('the file was taken as it is');
}

/** The good file with one thing in it changed. */
export function changed(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}
