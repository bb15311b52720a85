/**
 * The runtime `compose` with the engine and the compose of this host: what holds for members on every runtime holds
 * there, and the incident comes to the same verdict.
 */
import { readJournal } from '@fleetfall/journal/read.ts';
import { startFleet } from '@fleetfall/orchestrator/index.ts';
import { findCompose } from '@fleetfall/orchestrator/runtime/compose/compose-tool.ts';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { remainsOnEngine } from '../../packages/orchestrator/test/fixtures/engine-remains.ts';
import { describeMembers } from '../../packages/orchestrator/test/fixtures/runtime-behaviour.ts';
import { smallRun, temporaryFolder } from '../fleetfall.ts';
import { DOCKER_LEFT_OUT } from '../runtimes.ts';
import { SMALL_FLEET } from '../small-fleet.ts';

async function leftOut(): Promise<string | null> {
  if (DOCKER_LEFT_OUT !== null) return DOCKER_LEFT_OUT;
  try {
    await findCompose();
    return null;
  } catch (error) {
    if (process.env.FLEETFALL_REQUIRE_DOCKER !== undefined) throw error;
    return 'no compose is installed';
  }
}
const LEFT_OUT = await leftOut();

describe.skipIf(LEFT_OUT !== null)(
  `the compose runtime${LEFT_OUT === null ? '' : ` (left out: ${LEFT_OUT})`}`,
  () => {
    describeMembers({ name: 'compose', remains: remainsOnEngine });

    it('is as the docker runtime to whoever runs the incident', async () => {
      const { exitCode, verdict } = await smallRun('--runtime', 'compose');
      const { prediction, observed, refusals, arms } = verdict;
      expect({ exitCode, verdict: verdict.verdict, runtime: verdict.runtime }).toEqual({
        exitCode: 0,
        verdict: 'as-expected',
        runtime: 'compose',
      });
      expect([prediction.size, observed.size]).toEqual([5, 5]);
      expect(refusals.incumbent.hits).toBeGreaterThan(0);
      expect(refusals.newcomer.hits).toBeGreaterThan(0);
      expect(arms.map(({ arm, outcome }) => [arm, outcome])).toEqual([['main', 'outage']]);
    });

    it('grows past a member that was killed, which compose alone would start again', async () => {
      using store = await temporaryFolder();
      await using fleet = await startFleet({ ...SMALL_FLEET, runtime: 'compose', store: store.path });
      const { runId } = readJournal(fleet.journal).run;
      const frontEnds = async (): Promise<number> => {
        const labels = ['com.docker.compose.service=frontend', `fleetfall.run=${runId}`];
        const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
        const { stdout } = await execa('docker', ['ps', '-aq', ...filters]);
        return stdout.split('\n').filter(Boolean).length;
      };
      expect(await frontEnds()).toBe(3);
      const { faultId } = await fleet.kill('fe-01');
      await fleet.grow(1);
      expect(fleet.status().members.find(({ memberId }) => memberId === 'fe-01')).toMatchObject({
        running: false,
      });
      expect(await frontEnds()).toBe(3);
      expect(await fleet.heal(faultId)).toMatchObject([{ outcome: 'healed' }]);
      expect(await frontEnds()).toBe(4);
      await fleet.shrink(2);
      expect(await frontEnds()).toBe(2);
    });
  },
);
