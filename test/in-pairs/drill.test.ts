/**
 * Blind drills, as a class goes through them: a fleet that fails for a cause that is not told, guesses that are
 * written down, and the cause with what shows that it was in force.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DRILL_CAUSES, type DrillCause } from '@fleetfall/protocol/drill.ts';
import { describe, expect, it } from 'vitest';
import { DRILL, faultsIn, reveal } from '../drilling.ts';
import { fleetfallIn, temporaryFolder } from '../fleetfall.ts';
import { chance, SEED } from '../seed.ts';

describe('a blind drill', () => {
  it('keeps the cause from status and journal, takes guesses, and tells it with the seal to check it by', async () => {
    using base = await temporaryFolder();
    const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
    const { exitCode: beganWith, stdout: began } = await call(
      ...DRILL,
      '--store',
      base.path,
      '--blind',
      'threads',
    );
    try {
      expect(beganWith).toBe(0);
      const [, commitment] = /the cause is sealed as ([0-9a-f]{64})/.exec(began) ?? [];
      const { stdout } = await call('status', '--json');
      const { status, sealed } = JSON.parse(stdout);
      expect(sealed).toBe(commitment);
      expect(status).toMatchObject({ frontEnds: 6, limit: null, faults: [], load: { running: true } });
      expect(status.load.failedPerSecond).toBeGreaterThan(0);
      expect(`${began}${stdout}`).not.toMatch(/threads refused|set-limit|"(tasks|refusedThreads)":\d/);
      expect(readFileSync(status.journal, 'utf8')).not.toMatch(/"kind":"fault"|"kernel":\{|EAGAIN/);

      const healed = await call('heal');
      expect([healed.exitCode, healed.stderr]).toEqual([
        64,
        expect.stringMatching(/heal: would tell what it lifts/),
      ]);
      await call('shrink', '--cohort', 'newcomer');
      expect(await reveal(call, '--guess', 'memory')).toMatchObject({
        exitCode: 1,
        guess: { right: false },
        report: null,
      });
      const { exitCode, report } = await reveal(call, '--guess', 'threads');
      expect(exitCode).toBe(0);
      expect(report).toMatchObject({ cause: 'threads', commitment, among: ['threads'] });
      expect(report?.actions).toMatchObject([{ what: 'shrink {"cohort":"newcomer"}' }]);
      expect(report?.guesses).toMatchObject([
        { what: 'memory', right: false },
        { what: 'threads', right: true },
      ]);
      expect(report?.diagnosisMs).toBeGreaterThan(0);
      const seal = createHash('sha256').update(`${report?.sealedSeed} ${report?.cause}`).digest('hex');
      expect(seal).toBe(commitment);
      expect(faultsIn(report?.journal ?? '')).toMatchObject([
        { outcome: 'installed', fault: { kind: 'set-limit' } },
      ]);
      expect((await call('status')).stdout).toMatch(/tasks \d+\/15 .*threads refused: \d+ incumbents/);
    } finally {
      await call('down');
    }
  });

  // Which of the causes is the seed's, and not the drill's own draw.
  const drawn = DRILL_CAUSES[
    Math.floor(chance('a drill that nobody asks') * DRILL_CAUSES.length)
  ] as DrillCause;

  it(`is told at the end of its fleet when nobody has asked, and refuses what a drill has nothing to do with (seed ${SEED}: ${drawn})`, async ({
    skip,
  }) => {
    using base = await temporaryFolder();
    const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
    const wrong = await call(...DRILL, '--store', base.path, '--blind', 'disk');
    expect([wrong.exitCode, wrong.stderr]).toEqual([64, expect.stringContaining("--blind 'disk': must be")]);
    const trials = await call(...DRILL, '--store', base.path, '--blind', '--trials', '3');
    expect([trials.exitCode, trials.stderr]).toEqual([64, expect.stringContaining('--trials: is not for a')]);
    const began = await call(...DRILL, '--store', base.path, '--blind', drawn);
    if (/the means for none of these causes/.test(began.stderr)) skip(began.stderr);
    expect([began.exitCode, began.stderr]).toEqual([0, '']);
    const { stdout } = await call('down');
    expect(stdout).toMatch(new RegExp(` the cause +${drawn}: [\\s\\S]*on the day 4 h 24 min`));
  });
});
