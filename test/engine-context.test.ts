/**
 * The engine of the docker CLI's context, in every command that looks for one: each names the context that it tried.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { JOURNAL_VERSION } from '@fleetfall/journal/records.ts';
import { currentOwner } from '@fleetfall/orchestrator/runtime/owner.ts';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { writeContext } from '../packages/orchestrator/test/fixtures/docker-context.ts';
import { fleetfallIn, temporaryFolder } from './fleetfall.ts';

const USAGE = 64;
const LEFTOVER = 4;
/** When no process began: whoever began then is dead. */
const NEVER = '1';

describe('with a context whose engine does not answer', () => {
  it.each([
    ['plan', ['plan', 'kinesis-2020', '--runtime', 'docker']],
    ['doctor', ['doctor', '--runtime', 'docker']],
    ['run', ['run', 'kinesis-2020', '--runtime', 'docker']],
    ['up', ['up', '--runtime', 'docker']],
    ['prune', ['prune', '--check']],
    ['lab', ['lab', 'image']],
  ])('%s says so', async (_, args) => {
    using home = await temporaryFolder();
    const { exitCode, stdout, stderr } = await elsewhere(home.path)(
      ...args,
      ...(['run', 'up'].includes(args[0] ?? '') ? ['--store', home.path] : []),
    );
    expect(`${stdout}${stderr}`).toMatch(/context 'elsewhere'/);
    expect(exitCode).not.toBe(USAGE);
  });

  it('a script says so', async () => {
    using home = await temporaryFolder();
    const script = `import { startFleet } from '@fleetfall/orchestrator/index.ts';
      await startFleet({ runtime: 'docker', store: ${JSON.stringify(home.path)} });`;
    const { exitCode, stderr } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
      reject: false,
      cwd: join(import.meta.dirname, '../packages/fleetfall'),
      env: contextOf(home.path),
    });
    expect(stderr).toMatch(/RuntimeUnavailableError: .*context 'elsewhere'/);
    expect(exitCode).not.toBe(0);
  });

  it('down of a fleet whose keeper died cannot say that nothing is left, and can be asked again', async () => {
    using home = await temporaryFolder();
    writeDeadFleet(home.path, 'docker');
    for (const _ of ['once', 'again']) {
      const { exitCode, stdout, stderr } = await elsewhere(home.path)('down');
      expect(stderr).toMatch(
        /still there: its containers, which cannot be looked for: .*context 'elsewhere'/,
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: LEFTOVER, stdout: '' });
    }
  });

  it('down of a fleet on cgroups whose keeper died needs no engine', async () => {
    using home = await temporaryFolder();
    writeDeadFleet(home.path, 'cgroup');
    const { exitCode, stdout } = await elsewhere(home.path)('down');
    expect(stdout).toMatch(/fleet default is down/);
    expect(exitCode).toBe(0);
  });
});

function contextOf(home: string): Record<string, string> {
  writeContext(home, 'elsewhere', 'unix:///nowhere/engine.sock');
  return { DOCKER_HOST: '', DOCKER_CONFIG: home, DOCKER_CONTEXT: 'elsewhere', XDG_RUNTIME_DIR: home };
}

const elsewhere = (home: string) => fleetfallIn(contextOf(home));

/** What is there of a fleet whose keeper died: its folder, and the head of its journal. */
function writeDeadFleet(home: string, runtime: string): void {
  const folder = join(home, `fleetfall-${userInfo().uid}`, 'default');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [journal, log] = ['journal.ndjson', 'keeper.log'].map((name) => join(home, name)) as [string, string];
  const owner = { ...currentOwner(), start: NEVER };
  writeFileSync(
    join(folder, 'keeper.json'),
    JSON.stringify({ name: 'default', owner, experiment: 'mine', startedAtMs: 1, endsAtMs: 2, journal, log }),
  );
  writeFileSync(journal, `${JSON.stringify({ kind: 'run', version: JOURNAL_VERSION, runtime })}\n`);
}
