/**
 * A teardown that fails, for a real reason: somebody made a cgroup below the fleet's own. The verdict is told all the
 * same, the exit code says that something was left behind, and the reaper takes it.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pidsHierarchy } from '@fleetfall/orchestrator/runtime/cgroup/pids-tree.ts';
import { expect, it } from 'vitest';
import { beginRun } from '../interruption/begun-run.ts';
import { expectPruneCheckClean, expectReaped } from '../interruption/remains.ts';

const LEFT_BEHIND = 4;

it('a failed teardown does not hide a finished verdict, and the reaper goes on with it', async () => {
  await using run = await beginRun({ runtime: 'cgroup' });
  await run.reach('recovery');
  mkdirSync(join(fleetCgroup(run.runId), 'stranger'));
  const { exitCode, stdout, stderr } = await run.process;
  expect(stdout).toMatch(/verdict {2}as expected/);
  expect(stderr).toMatch(/not all could be taken down: .*EBUSY/);
  expect(exitCode).toBe(LEFT_BEHIND);
  await expectReaped(run.runId);
  await expectPruneCheckClean(run.runId);
});

function fleetCgroup(runId: string): string {
  const paths = (pidsHierarchy()?.folders ?? []).flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  return paths.find((path) => path.includes(`fleetfall-${runId}-`)) ?? '';
}
