/**
 * What the command line leaves for a build server: JUnit that its readers take, a summary, and both of a run that
 * never came about.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { junitXml } from '@fleetfall/report/junit.ts';
import { describe, expect, it } from 'vitest';
import { tellRun } from '../../packages/claims/test/journal-builder.ts';
import { asTrial, reported } from '../../packages/report/test/reported.ts';
import { fleetfall, startFleetfall, temporaryFolder } from '../fleetfall.ts';
import { leftOutWithout } from '../tools.ts';

const SCHEMA = join(import.meta.dirname, '../fixtures/junit.xsd');
const RECORDED = join(import.meta.dirname, '../fixtures/small-run.ndjson.gz');
const NO_XMLLINT = leftOutWithout('xmllint', 'FLEETFALL_REQUIRE_XMLLINT');

/** @throws with what xmllint says when the file does not fit the schema. */
const validate = (file: string): Buffer =>
  execFileSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, file], { stdio: 'pipe' });

function recordedIn(folder: string): string {
  const journal = join(folder, 'journal.ndjson');
  writeFileSync(journal, gunzipSync(readFileSync(RECORDED)));
  return journal;
}

describe.skipIf(NO_XMLLINT !== null)(
  `JUnit and its schema${NO_XMLLINT === null ? '' : `: ${NO_XMLLINT}`}`,
  () => {
    it('agree on a recorded run, by judge and by report', async () => {
      using store = await temporaryFolder();
      const journal = recordedIn(store.path);
      for (const command of ['judge', 'report']) {
        const file = join(store.path, command, 'junit.xml');
        const run = await fleetfall(command, journal, '--junit', file);
        expect(run).toMatchObject({ exitCode: 0, stderr: '' });
        validate(file);
        expect(readdirSync(join(store.path, command))).toEqual(['junit.xml']);
      }
    });

    it('agree on failures, errors, trials, controls and commands that broke', async () => {
      using store = await temporaryFolder();
      const arms = ['main', 'control-event-loop'];
      const stories = [{ arms }, { expect: { kind: 'healthy' } as const }, { predicts: false }];
      const runs = stories.map((story, index) =>
        reported(asTrial(tellRun(story), index + 1, stories.length)),
      );
      const file = join(store.path, 'junit.xml');
      writeFileSync(file, junitXml(runs, { reason: 'the harness broke: <why>', atMs: 0 }));
      validate(file);
      const text = readFileSync(file, 'utf8');
      for (const result of ['failure', 'error', 'skipped']) expect(text).toContain(`<${result} `);
    });

    it('do not agree on what is no such document', async () => {
      using store = await temporaryFolder();
      const file = join(store.path, 'junit.xml');
      writeFileSync(file, junitXml([reported(tellRun())]).replace(/ errors="0"/, ''));
      expect(() => validate(file)).toThrow(/'errors' is required/);
    });
  },
);

describe('files for a build server', () => {
  it('are a summary that opens with the verdict', async () => {
    using store = await temporaryFolder();
    const file = join(store.path, 'summary.md');
    await fleetfall('judge', recordedIn(store.path), '--summary', file);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^## ✅ As expected: predicted to break at 5 front-ends, it broke at 5/,
    );
  });

  it('tell of a run that could not begin, whose exit code stays', async () => {
    using store = await temporaryFolder();
    const [junit, summary] = [join(store.path, 'junit.xml'), join(store.path, 'summary.md')];
    const args = ['run', 'kinesis-2020', '--size', 'small', '--runtime', 'docker', '--store', store.path];
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const run = await startFleetfall([...args, '--junit', junit, '--summary', summary], { env });
    expect(run.exitCode).toBe(70);
    expect(readFileSync(junit, 'utf8')).toMatch(/name="command"[\s\S]*<error message="[^"]+" type="broken">/);
    expect(readFileSync(summary, 'utf8')).toMatch(/^## 💥 Broken: /);
  });

  it('are refused before a run begins where they cannot be written', async () => {
    using store = await temporaryFolder();
    const folder = join(store.path, 'folder');
    mkdirSync(folder);
    const { exitCode, stderr } = await fleetfall(
      'run',
      'kinesis-2020',
      '--store',
      store.path,
      '--junit',
      folder,
    );
    expect({ exitCode, left: readdirSync(store.path) }).toEqual({ exitCode: 64, left: ['folder'] });
    expect(stderr).toContain(`--junit '${folder}': must be a file that can be written: it is a folder`);
  });
});
