/**
 * Two runs side by side, each gone through to its end: neither disturbs the other, and nothing is left of either.
 */
import { expect, it } from 'vitest';
import { fleetfall } from '../fleetfall.ts';
import { beginRun } from '../interruption/begun-run.ts';
import { expectPruneCheckClean, remainsOf } from '../interruption/remains.ts';
import { DOCKER_LEFT_OUT, RUNTIMES } from '../runtimes.ts';

if (DOCKER_LEFT_OUT !== null) it.skipIf(true)(`docker is left out: ${DOCKER_LEFT_OUT}`, () => undefined);

it.each(RUNTIMES)(
  'two runs at once on %s both come to what is expected, and leave nothing',
  async (runtime) => {
    await using one = await beginRun({ runtime });
    await using other = await beginRun({ runtime });
    const ended = await Promise.all([one, other].map(async (run) => ({ run, ...(await run.process) })));
    expect(one.runId).not.toBe(other.runId);
    for (const { run, exitCode, stdout, stderr } of ended) {
      expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining('verdict  as expected')]);
      expect(await remainsOf(run.runId)).toEqual([]);
      await expectPruneCheckClean(run.runId);
      const judged = await fleetfall('judge', run.folder, '--json');
      expect(judged.exitCode).toBe(0);
      expect(JSON.parse(judged.stdout)).toMatchObject({ verdict: 'as-expected' });
    }
  },
);
