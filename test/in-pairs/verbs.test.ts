/**
 * The shell verbs, as a user types them: a fleet found again by its name, call after call, and nothing of it left
 * after `down`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readJournal } from '@fleetfall/journal/read.ts';
import { describe, expect, it } from 'vitest';
import { fleetfall, fleetfallIn, temporaryFolder } from '../fleetfall.ts';
import { drawnRuntimes } from '../runtimes.ts';

const SMALL = [
  ...['--front-ends', '3', '--back-ends', '1', '--shards', '16', '--pids-max', '14', '--rate', '60/s'],
  ...['--discovery-delay-max', '500ms', '--build-interval', '500ms', '--shard-map-max-age', '1200ms'],
];

const ACCOUNT_LINE = /^$|^ deploy: agedMap serve$|^ [a-z-]+-\d+ of .+: (installed|healed)$/;

interface Answer {
  readonly removed: readonly string[];
  readonly outcomes: readonly { readonly faultId: string; readonly outcome: string }[];
  readonly status: {
    readonly frontEnds: number;
    readonly tasksMost: number;
    readonly limit: number;
    readonly members: readonly { readonly memberId: string; readonly running: boolean }[];
    readonly journal: string;
  };
}

/** What prune would find of a fleet: of its run, and in its folder. */
async function leftoversOf(journal: string, base: string): Promise<unknown[]> {
  const { runId } = readJournal(journal).run;
  const { stdout } = await fleetfallIn({ XDG_RUNTIME_DIR: base })('prune', '--check', '--json');
  const { leftovers } = JSON.parse(stdout) as { leftovers: { name: string }[] };
  return leftovers.filter(({ name }) => name.includes(runId) || name.startsWith(base));
}

describe.each(drawnRuntimes('verbs'))('a fleet of the shell on %s', (runtime) => {
  it('is grown, hurt, healed and taken down by calls of their own', async () => {
    using base = await temporaryFolder();
    const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
    const json = async (...args: readonly string[]): Promise<Answer> => {
      const { stdout, stderr, exitCode } = await call(...args, '--json');
      // Beside the answer only what was deployed and what became of faults is told.
      const others = stderr.split('\n').filter((line) => !ACCOUNT_LINE.test(line));
      expect([exitCode, others]).toEqual([0, []]);
      return JSON.parse(stdout) as Answer;
    };
    const up = await call('up', ...SMALL, '--runtime', runtime, '--store', base.path, '--for', '5m');
    expect([up.exitCode, up.stderr]).toEqual([0, '']);
    expect(up.stdout).toMatch(/ start +3 front-ends[\s\S]* fleet default on /);
    try {
      const taken = await call('up', ...SMALL, '--runtime', runtime, '--store', base.path);
      expect([taken.exitCode, taken.stderr]).toEqual([
        64,
        expect.stringMatching(/'default': there is a fleet of this/),
      ]);
      const grown = await json('grow', '1');
      expect([grown.status.frontEnds, grown.status.limit]).toEqual([4, 14]);
      await json('deploy', '--aged-map', 'serve', '--batch', '2');
      expect((await json('set-limit', '20')).outcomes).toMatchObject([{ outcome: 'installed' }]);
      expect((await json('pause', 'fe-04')).outcomes).toMatchObject([
        { faultId: 'pause-1', outcome: 'installed' },
      ]);
      expect((await json('unpause', 'fe-04')).outcomes).toMatchObject([{ outcome: 'healed' }]);
      // A host without the means refuses with a reason, and the verb does not exit 0.
      const cut = await call('partition', 'fe-01', 'be-1', '--json');
      const [{ outcome, reason }] = JSON.parse(cut.stdout).outcomes;
      expect([cut.exitCode, outcome]).toEqual(reason === null ? [0, 'installed'] : [1, 'skipped']);
      if (reason === null)
        expect((await json('heal', 'partition-1')).outcomes).toMatchObject([{ outcome: 'healed' }]);
      expect((await json('shrink', '--cohort', 'newcomer')).removed).toEqual(['fe-04']);
      const { stdout } = await call('status');
      expect(stdout).toMatch(/3 front-ends .*\n[\s\S]* fe-01 +incumbent +\d+\/20 /);
      const wrong = await call('kill', 'fe-99');
      expect([wrong.exitCode, wrong.stderr]).toEqual([
        64,
        expect.stringMatching(/no member 'fe-99': the members are/),
      ]);
    } finally {
      const down = await call('down');
      expect([down.exitCode, down.stderr]).toEqual([0, '']);
    }
    expect(existsSync(join(base.path, `fleetfall-${userInfo().uid}`, 'default'))).toBe(false);
    expect(await leftoversOf(join(base.path, 'fleet/latest/journal.ndjson'), base.path)).toEqual([]);
    const gone = await call('status');
    expect([gone.exitCode, gone.stderr]).toEqual([
      64,
      expect.stringMatching(/'default': there is no such fleet/),
    ]);
    const deployed = readJournal(join(base.path, 'fleet/latest/journal.ndjson')).records.filter(
      ({ kind }) => kind === 'deploy',
    );
    expect(deployed).toMatchObject([
      { changes: { agedMap: 'serve' }, frontEnd: { agedMap: 'serve', onBuildFailure: 'stop' }, batch: 2 },
    ]);
    const judged = await fleetfall('judge', join(base.path, 'fleet/latest'), '--json');
    expect(JSON.parse(judged.stdout).arms).toMatchObject([{ arm: 'main' }]);
  });
});

describe('a kept run', () => {
  it('is left failing under load after its phase, and found by the name that it was given', async () => {
    using base = await temporaryFolder();
    const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
    const kept = await call(
      ...['run', 'kinesis-2020', '--size', 'small', '--runtime', 'cgroup', '--until', 'outage', '--keep'],
      ...['--name', 'fallen', '--for', '2m', '--store', base.path],
    );
    expect([kept.exitCode, kept.stderr]).toEqual([0, '']);
    expect(kept.stdout).toMatch(/ outage [\s\S]* fleet fallen on cgroup .* threads refused/);
    const status = JSON.parse((await call('status', '--name', 'fallen', '--json')).stdout);
    expect(status.status.load.running).toBe(true);
    expect(status.status.load.failedPerSecond).toBeGreaterThan(0);

    const other = await call('status', '--name', 'other');
    expect([other.exitCode, other.stderr]).toEqual([64, expect.stringContaining('there are fallen')]);
    const down = await call('down', '--name', 'fallen', '--json');
    expect(JSON.parse(down.stdout)).toEqual({ name: 'fallen', journal: status.status.journal });
    const judged = await fleetfall('judge', status.status.journal, '--json');
    expect(JSON.parse(judged.stdout)).toMatchObject({
      verdict: 'as-expected',
      arms: [{ outcome: 'outage' }],
    });
  });
});

describe('a keeper that was killed', () => {
  it('is told of with its journal and log, and down removes what it left', async () => {
    using base = await temporaryFolder();
    const call = fleetfallIn({ XDG_RUNTIME_DIR: base.path });
    const up = await call('up', ...SMALL, '--runtime', 'cgroup', '--store', base.path, '--for', '2m');
    expect(up.exitCode).toBe(0);
    const folder = join(base.path, `fleetfall-${userInfo().uid}`);
    const { owner, journal, log } = JSON.parse(readFileSync(join(folder, 'default', 'keeper.json'), 'utf8'));
    process.kill(owner.pid, 'SIGKILL');
    let status = await call('status');
    for (let tries = 0; tries < 20 && !status.stderr.includes('has died'); tries += 1)
      status = await call('status');
    expect([status.exitCode, status.stderr]).toEqual([
      70,
      expect.stringContaining("fleet 'default' has died"),
    ]);
    expect(status.stderr).toContain(journal);
    expect(status.stderr).toContain(log);
    expect(await leftoversOf(journal, base.path)).toContainEqual(
      expect.objectContaining({ runtime: 'keeper', name: join(folder, 'default'), keptBecause: null }),
    );
    const down = await call('down', '--json');
    expect([down.exitCode, JSON.parse(down.stdout)]).toEqual([0, { name: 'default', journal }]);
    expect(readdirSync(folder)).toEqual([]);
    expect(await leftoversOf(journal, base.path)).toEqual([]);
  });
});
