/**
 * A run of several trials whose process is killed in the second: it is resumed where it was, by another process.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { beginSecondTrial } from '../begun-trials.ts';
import { startFleetfall, temporaryFolder } from '../fleetfall.ts';

const TRIALS = 3;
const TIMEOUT_MS = 5 * 60_000;

it(
  'trials go on where they were killed',
  async () => {
    using store = await temporaryFolder();
    const { process: killed, folder } = await beginSecondTrial(
      TRIALS,
      store.path,
      ['--no-controls'],
      TIMEOUT_MS,
    );
    killed.kill('SIGKILL');
    expect((await killed).signal).toBe('SIGKILL');

    // At once: its reaper may still be at work, and what it removes is not the new run's.
    const { exitCode, stdout, stderr } = await startFleetfall(['resume', folder, '--json'], {
      timeoutMs: TIMEOUT_MS,
    });
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      asExpected: TRIALS,
      trials: [{ number: 1 }, { number: 2 }, { number: 3 }],
    });
    expect(readdirSync(join(folder, 'trial-002')).some((name) => name.includes('cut-off'))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('owner.'))).toEqual([]);
  },
  2 * TIMEOUT_MS,
);
