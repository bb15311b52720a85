/**
 * The sheet for a game day says only what there is: every run, service and claim in it is held against the command line,
 * the compose file and the claims. That its commands are taken is held in `examples.test.ts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIMS } from '@fleetfall/claims/claims.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fleetfall } from './fleetfall.ts';

const ROOT = join(import.meta.dirname, '..');
/** A line may break in the midst of a command. */
const SHEET = readFileSync(join(ROOT, 'docs/GAMEDAY.md'), 'utf8');

/** What stands between back-ticks, in a line or in a block, each on one line. */
const CODE = [
  ...[...SHEET.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trim().split('\n')),
  ...[...SHEET.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replace(/\s+/g, ' '),
  ),
];
const withoutStart = (start: RegExp): string[][] =>
  CODE.filter((code) => start.test(code)).map((code) => code.replace(start, '').split(/\s+/));

describe('the sheet for a game day', () => {
  it('runs experiments that can be laid out as they are typed', async () => {
    const runs = withoutStart(/^(?:npx )?fleetfall run /);
    expect(runs.length).toBeGreaterThan(3);
    for (const words of runs) {
      // A fleet that is kept has nothing to plan with.
      const planned = words.filter(
        (word, at) => word !== '--blind' && ![word, words[at - 1]].includes('--for'),
      );
      const { exitCode, stderr } = await fleetfall('plan', ...planned);
      expect([planned, exitCode === 64, stderr]).toEqual([planned, false, expect.anything()]);
    }
  });

  it('names services of the compose file, and the file itself', () => {
    const { services } = parse(readFileSync(join(ROOT, 'docker/compose.yaml'), 'utf8'), { merge: true });
    const typed = withoutStart(/^docker compose /);
    expect(typed.length).toBeGreaterThan(7);
    for (const words of typed) {
      expect(words.slice(0, 2)).toEqual(['-f', 'docker/compose.yaml']);
      const scaled = words.flatMap((word) => /^(\w+)=\d+$/.exec(word)?.[1] ?? []);
      const restarted = words.includes('restart') ? words.slice(words.indexOf('restart') + 1) : [];
      for (const service of [...scaled, ...restarted]) expect(Object.keys(services)).toContain(service);
    }
  });

  it('names the claim that confirms an answer, each of those that there are', () => {
    const named = [...SHEET.replace(/\s+/g, ' ').matchAll(/claims? ((?:`[a-z-]+`(?:, | and )?)+)/g)].flatMap(
      ([, ids = '']) => [...ids.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id),
    );
    expect(new Set(named)).toEqual(new Set(CLAIMS.map(({ id }) => id)));
  });
});
