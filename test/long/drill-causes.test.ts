/**
 * Blind drills of every cause that `npm test` has no time for: each makes a fleet fail in earnest.
 */
import { describe, expect, it } from 'vitest';
import { DRILL, faultsIn, reveal } from '../drilling.ts';
import { fleetfallIn, temporaryFolder } from '../fleetfall.ts';

describe('a blind drill', () => {
  it.for([
    { cause: 'memory', fault: 'limit-memory' },
    { cause: 'cpu', fault: 'limit-cpu' },
    { cause: 'partition', fault: 'partition' },
  ])(
    'fails for want of $cause in earnest, and tells so to who gives up',
    async ({ cause, fault }, { skip }) => {
      using base = await temporaryFolder();
      const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
      const began = await call(...DRILL, '--store', base.path, '--blind', cause);
      try {
        // A host without the means does not draw it, and says what is missing.
        if (/the means for none of these causes/.test(began.stderr)) skip(began.stderr);
        expect([began.exitCode, began.stderr]).toEqual([0, '']);
        const { status } = JSON.parse((await call('status', '--json')).stdout);
        expect(status.load.failedPerSecond).toBeGreaterThan(status.load.okPerSecond);
        const { exitCode, guess, report } = await reveal(call);
        expect([exitCode, guess, report?.cause, report?.diagnosisMs]).toEqual([0, null, cause, null]);
        expect(faultsIn(report?.journal ?? '')).toMatchObject([
          { outcome: 'installed', fault: { kind: fault } },
        ]);
      } finally {
        await call('down');
      }
    },
  );
});
