/**
 * The runtime `compose` with the engine and the compose of this host: what holds for members on every runtime holds
 * there, and the incident comes to the same verdict.
 */
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readJournal } from '@fleetfall/journal/read.ts';
import { startFleet } from '@fleetfall/orchestrator/index.ts';
import { findCompose } from '@fleetfall/orchestrator/runtime/compose/compose-tool.ts';
import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { remainsOnEngine } from '../../packages/orchestrator/test/fixtures/engine-remains.ts';
import { describeMembers } from '../../packages/orchestrator/test/fixtures/runtime-behaviour.ts';
import { COMPOSE_LEFT_OUT } from '../compose.ts';
import { smallRun, temporaryFolder } from '../fleetfall.ts';
import { SMALL_FLEET } from '../small-fleet.ts';
import { findTool } from '../tools.ts';

describe.skipIf(COMPOSE_LEFT_OUT !== null)(
  `the compose runtime${COMPOSE_LEFT_OUT === null ? '' : ` (left out: ${COMPOSE_LEFT_OUT})`}`,
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
      const frontEnds = async () => (await frontEndsOf(fleet.journal)).length;
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

    it('leaves no front-end running that nobody drives where one dies while compose is at work', async () => {
      using store = await temporaryFolder();
      const victim = join(store.path, 'victim');
      const { command } = await findCompose();
      vi.stubEnv('PATH', `${killsFirst(command[0], victim, store.path)}${delimiter}${process.env.PATH}`);
      await using fleet = await startFleet({ ...SMALL_FLEET, runtime: 'compose', store: store.path });
      const [doomed = '', ...others] = await frontEndsOf(fleet.journal);
      writeFileSync(victim, doomed);
      await fleet.grow(1);
      const there = await frontEndsOf(fleet.journal);
      expect(there).toHaveLength(3);
      expect(there).toEqual(expect.arrayContaining(others));
      expect(there).not.toContain(doomed);
      const { members } = fleet.status();
      expect(members.filter(({ role, running }) => role === 'front-end' && running)).toHaveLength(3);
    });
    it('takes front-ends out of the network where no rules can be had, and back with the addresses that they had', async () => {
      using store = await temporaryFolder();
      await using fleet = await startFleet({ ...SMALL_FLEET, runtime: 'compose', store: store.path });
      const before = await addressesOf(fleet.journal);
      vi.stubEnv('PATH', '');
      const cut = await fleet.partition(['fe-01', 'fe-02']);
      vi.unstubAllEnvs();
      expect(cut).toMatchObject({ outcome: 'installed', reason: null });
      expect(cut.means).toMatch(/^taking them out of the network, .*: this host has no 'nsenter'$/);
      const without = await addressesOf(fleet.journal);
      expect(before.filter((address) => !without.includes(address))).toHaveLength(2);
      expect(await fleet.heal(cut.faultId)).toMatchObject([{ outcome: 'healed', reason: null }]);
      expect(await addressesOf(fleet.journal)).toEqual(before);
      // Compose goes on from there: nobody is started twice.
      await fleet.grow(1);
      expect(await frontEndsOf(fleet.journal)).toHaveLength(4);
      expect(await addressesOf(fleet.journal)).toEqual(expect.arrayContaining(before));
    });

    afterEach(() => void vi.unstubAllEnvs());
  },
);

/** The containers that are front-ends of a fleet, whatever their state. */
async function frontEndsOf(journal: string): Promise<string[]> {
  const { runId } = readJournal(journal).run;
  const labels = ['com.docker.compose.service=frontend', `fleetfall.run=${runId}`];
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  const { stdout } = await execa('docker', ['ps', '-aq', ...filters]);
  return stdout.split('\n').filter(Boolean);
}

/** The addresses of a fleet's front-ends in its network, in their order. */
async function addressesOf(journal: string): Promise<string[]> {
  const containers = await frontEndsOf(journal);
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const { stdout } = await execa('docker', ['inspect', '--format', format, ...containers]);
  return stdout.split('\n').filter(Boolean).toSorted();
}

/** Puts a compose into a folder that first kills the container named in a file, once, and then does what it is told. */
function killsFirst(program: string, victim: string, folder: string): string {
  const docker = findTool('docker', 'FLEETFALL_REQUIRE_DOCKER').path;
  const own = findTool(program, 'FLEETFALL_REQUIRE_DOCKER').path;
  const script = `#!/bin/sh
case " $* " in *" up "*)
  if [ -f '${victim}' ]; then '${docker}' kill "$(cat '${victim}')" >&2; rm '${victim}'; fi
esac
exec '${own}' "$@"
`;
  writeFileSync(join(folder, program), script, { mode: 0o755 });
  return folder;
}
