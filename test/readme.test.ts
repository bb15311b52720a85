/**
 * What the README shows is what users type: its experiment can be laid out, its commands are understood, its script
 * runs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { layOut } from '@fleetfall/experiment/layout.ts';
import { readExperiment } from '@fleetfall/experiment/read-experiment.ts';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** Beyond this a script hangs. */
const SCRIPT_TIMEOUT_MS = 180_000;
const USAGE = 64;
const OF_RUNS = /^--(keep|blind|junit|summary)$/;

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text as string,
  );
}

/** The arguments of every command that a line types, without its comment and where its output goes. */
function commands(): string[][] {
  return blocks('sh')
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => (line.split(/\s#\s/)[0] as string).split('&&'))
    .filter((command) => command.trim().startsWith('npx fleetfall '))
    .map((command) => {
      const [typed] = command.trim().split(' > ') as [string];
      return [...typed.replace('npx fleetfall ', '').matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, plain]) => (quoted ?? plain) as string,
      );
    });
}

describe('the README', () => {
  it('shows an experiment that can be laid out', () => {
    const texts = blocks('yaml');
    expect(texts).toHaveLength(1);
    for (const text of texts) layOut(readExperiment({ file: 'README.md', text }), 'seed');
  });

  it('shows runs that are understood as they are typed', async () => {
    const runs = commands().filter(([verb, file]) => verb === 'run' && !file?.endsWith('.yaml'));
    expect(runs.length).toBeGreaterThan(5);
    for (const [, ...args] of runs) {
      // What a run writes, and what becomes of its fleet, is nothing to plan.
      const planned = args.filter(
        (arg, index) => !OF_RUNS.test(arg) && !/^--(junit|summary)$/.test(args[index - 1] ?? ''),
      );
      const { exitCode, stderr } = await fleetfall('plan', ...planned);
      // Whether it fits is this host's affair; that it is understood is not.
      expect([planned, exitCode === USAGE ? stderr : null]).toEqual([planned, null]);
    }
  });

  it('shows commands that there are', async () => {
    const { stdout } = await fleetfall('--help');
    for (const [verb] of commands()) expect(stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
  });

  it(
    'shows a script that runs',
    async () => {
      const [script] = blocks('ts') as [string];
      using folder = await temporaryFolder();
      const file = join(folder.path, 'script.mts');
      const api = pathToFileURL(join(ROOT, 'packages/orchestrator/src/index.ts')).href;
      writeFileSync(file, script.replace("from 'fleetfall'", `from '${api}'`));
      const { exitCode, stderr, stdout } = await execa(process.execPath, [file], {
        cwd: folder.path,
        reject: false,
        timeout: SCRIPT_TIMEOUT_MS,
        forceKillAfterDelay: 10_000,
      });
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/incumbent: \d+, newcomer: \d+/);
    },
    SCRIPT_TIMEOUT_MS + 30_000,
  );
});
