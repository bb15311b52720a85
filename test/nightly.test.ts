/**
 * The nightly and the action: workflows that GitHub takes, steps that name what is there, outputs that are what the
 * run came to. What they run, `.ci/run` runs.
 */
import { accessSync, constants, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

const ROOT = join(import.meta.dirname, '..');
const WORKFLOWS = globSync('.github/workflows/*.yml', { cwd: ROOT });
const TRACE = new NoOperationTraceWriter();

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>
  >;
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

function complaints(name: string, content: string): string[] {
  const parsing = name === 'action.yml' ? parseAction : parseWorkflow;
  return parsing({ name, content }, TRACE)
    .context.errors.getErrors()
    .map(({ message }) => message);
}

async function outputs(told: string): Promise<string[]> {
  using folder = await temporaryFolder();
  const path = join(folder.path, 'verdict.json');
  writeFileSync(path, told);
  const { stdout } = await execa(process.execPath, [join(ROOT, 'nightly/outputs.mjs'), path]);
  return stdout.split('\n');
}

describe('workflows and the action', () => {
  it('are there, and fit the schema of GitHub', () => {
    expect(WORKFLOWS).toHaveLength(2);
    for (const path of [...WORKFLOWS, 'action.yml']) expect(complaints(path, read(path)), path).toEqual([]);
  });

  it('would not fit it with a key that does not exist', () => {
    expect(complaints('ci.yml', `${read('.github/workflows/ci.yml')}\nstages: []\n`)).not.toEqual([]);
    expect(complaints('action.yml', read('action.yml').replace('composite', 'compost'))).not.toEqual([]);
  });

  it.each(WORKFLOWS)('%s bounds its jobs in time, and its steps run what is there', (path) => {
    const { jobs } = parse(read(path)) as Workflow;
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { run = '' } of job.steps) {
        for (const [, script = ''] of run.matchAll(/npm run ([\w:]+)/g))
          expect(scripts).toHaveProperty(script);
        if (run.startsWith('.ci/')) accessSync(join(ROOT, run), constants.X_OK);
      }
    }
  });

  it('the action declares the outputs that a run writes', async () => {
    const action = parse(read('action.yml')) as { outputs: Record<string, { value: string }> };
    const written = (await outputs('')).map((line) => line.split('=')[0]);
    expect(Object.keys(action.outputs)).toEqual(written);
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(value).toContain(`steps.run.outputs.${name} `);
    }
  });
});

describe('outputs', () => {
  it('say verdict, journal, predicted and observed size of a run', async () => {
    using folder = await temporaryFolder();
    const journal = join(folder.path, 'journal.ndjson');
    writeFileSync(
      journal,
      gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures/small-run.ndjson.gz'))),
    );
    const { stdout } = await fleetfall('judge', journal, '--json');
    expect(await outputs(stdout)).toEqual([
      'verdict=as-expected',
      `journal=${journal}`,
      'predicted=5',
      'observed=5',
    ]);
  });

  it('of several trials say the worst verdict and the sizes of all', async () => {
    const trial = (verdict: string, size: number | null) => ({
      verdict,
      prediction: { size: 5 },
      observed: { size },
    });
    const trials = [trial('as-expected', 5), trial('not-as-expected', null), trial('inconclusive', 6)];
    expect(await outputs(JSON.stringify({ trials, folder: 'a\nverdict=as-expected' }))).toEqual([
      'verdict=not-as-expected',
      'journal=a verdict=as-expected',
      'predicted=5',
      'observed=5,none,6',
    ]);
  });

  it('of a run that said nothing are broken', async () => {
    expect(await outputs('')).toContain('verdict=broken');
  });
});

describe('the nightly by hand', () => {
  it('refuses a folder that holds a night, and a switch that is none', async () => {
    using folder = await temporaryFolder();
    mkdirSync(join(folder.path, 'trials'));
    const run = (env: Record<string, string>) => execa(join(ROOT, 'nightly/run'), { reject: false, env });
    expect(await run({ OUT: folder.path })).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining(`OUT '${folder.path}': must be a folder without a night in it`),
    });
    expect(await run({ OUT: join(folder.path, 'new'), CONTROLS: 'yes' })).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("CONTROLS 'yes': must be 0 or 1"),
    });
  });

  it('has the times of the night that it is held against, or its own for the whole night', async () => {
    using folder = await temporaryFolder();
    const before = join(folder.path, 'before');
    mkdirSync(before);
    writeFileSync(join(before, 'stretch'), '1.5\n');
    const nowhere = { RUNTIME: 'docker', DOCKER_HOST: 'unix:///nowhere/docker.sock', SIZE: 'small' };
    const night = async (name: string, env: Record<string, string>) => {
      const out = join(folder.path, name);
      const given = { ...nowhere, ...env, TRIALS: '1', LOAD: '0', OUT: out };
      expect(await execa(join(ROOT, 'nightly/run'), { reject: false, env: given })).toMatchObject({
        exitCode: 70,
      });
      const [run] = globSync(join(out, 'trials/kinesis-2020/*/experiment.yaml'));
      const { fleet } = parse(readFileSync(run as string, 'utf8')) as { fleet: { buildInterval: string } };
      return [readFileSync(join(out, 'stretch'), 'utf8').trim(), fleet.buildInterval];
    };
    expect(await night('held', { BASELINE: before })).toEqual(['1.5', '750ms']);
    expect(await night('said', { BASELINE: before, STRETCH: '2' })).toEqual(['2', '1000ms']);
  });

  it('an action whose run could not begin leaves outputs, JUnit and a summary that say so', async () => {
    using folder = await temporaryFolder();
    const args = [folder.path, 'kinesis-2020', '--size', 'small', '--runtime', 'docker'];
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    expect(await execa(join(ROOT, 'nightly/action'), args, { reject: false, env })).toMatchObject({
      exitCode: 70,
    });
    const left = (name: string): string => readFileSync(join(folder.path, name), 'utf8');
    expect(left('outputs.txt')).toMatch(/^verdict=broken\n/);
    expect(left('junit.xml')).toContain('type="broken"');
    expect(left('summary.md')).toMatch(/^## 💥 Broken/);
  });

  it('an action without an experiment says how it is used', async () => {
    expect(await execa(join(ROOT, 'nightly/action'), { reject: false })).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('usage: nightly/action OUT EXPERIMENT'),
    });
  });
});
