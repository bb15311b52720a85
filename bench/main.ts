/**
 * Measures the main job as a user has it, on each runtime and in each size: from the command to the verdict, to the
 * end with the page written, and the most memory that the fleet and its orchestrator held at once. On docker, before
 * that, the first build of the image. Medians of several runs; `npm run bench -- --runs 3`.
 */
import { globSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { LAUNCHER } from '../test/launcher.ts';

const MEMORY_INTERVAL_MS = 1_000;
/** Members by the file they run, and the process that started them by its title or its command. */
const OURS = /\/(front-end|back-end|metadata|observer|load)\.mjs\0|fleetfall\.mjs\0run\0/;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    runtime: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true },
  },
});

/** The memory of the whole fleet on this host, pages that processes share counted once (Pss), in bytes. */
function memoryBytes(): number {
  let bytes = 0;
  for (const file of globSync('/proc/[0-9]*/cmdline')) {
    try {
      if (!OURS.test(readFileSync(file, 'utf8'))) continue;
      const rollup = readFileSync(file.replace('cmdline', 'smaps_rollup'), 'utf8');
      bytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1_024;
    } catch (error) {
      // A process that ended between the listing and the reading holds nothing.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return bytes;
}

interface Measured {
  readonly verdictMs: number;
  readonly wallMs: number;
  readonly memoryBytes: number;
  /** What the times were multiplied by on this host; 1 when nothing was said. */
  readonly stretch: number;
  readonly exitCode: number | undefined;
}

async function measure(args: readonly string[]): Promise<Measured> {
  await using store = await mkdtempDisposable(join(tmpdir(), 'bench-of-fleetfall-'));
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, memoryBytes());
  }, MEMORY_INTERVAL_MS);
  const beganMs = performance.now();
  const run = execa(
    process.execPath,
    [LAUNCHER, 'run', 'kinesis-2020', '--json', '--store', store.path, ...args],
    { reject: false },
  );
  let verdictMs = Number.NaN;
  run.stdout.once('data', () => {
    verdictMs = performance.now() - beganMs;
  });
  const { exitCode, stderr } = await run;
  clearInterval(timer);
  const stretch = Number(/times are stretched ([\d.]+) times/.exec(stderr)?.[1] ?? 1);
  return { verdictMs, wallMs: performance.now() - beganMs, memoryBytes: most, stretch, exitCode };
}

/** Removes the images that carry our label, and times what brings them back. */
async function measureFirstBuild(): Promise<string> {
  const { stdout } = await execa('docker', ['image', 'ls', '-q', '--filter', 'label=fleetfall.image=1']);
  const images = [...new Set(stdout.split('\n').filter((id) => id !== ''))];
  if (images.length > 0) await execa('docker', ['image', 'rm', '--force', ...images]);
  const beganMs = performance.now();
  await execa(process.execPath, [LAUNCHER, 'lab', 'image']);
  return ((performance.now() - beganMs) / 1_000).toFixed(1);
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN;
const seconds = (figures: readonly number[]): string => `${(median(figures) / 1_000).toFixed(1)} s`;

const runtimes = values.runtime ?? ['cgroup', 'docker'];
console.log(
  `node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; medians of ${values.runs} runs`,
);
if (runtimes.includes('docker')) console.log(`first build of the image: ${await measureFirstBuild()} s\n`);
console.log('| runtime | size | verdict after | end after | most memory | stretch | exit codes |');
console.log('|---|---|---|---|---|---|---|');
for (const runtime of runtimes) {
  for (const size of values.size ?? ['small', 'standard']) {
    const runs: Measured[] = [];
    for (let run = 0; run < Number(values.runs); run += 1)
      runs.push(await measure(['--runtime', runtime, '--size', size]));
    const gigabytes = (median(runs.map((each) => each.memoryBytes)) / 1e9).toFixed(2);
    const row = [
      ...[runtime, size, seconds(runs.map(({ verdictMs }) => verdictMs))],
      ...[seconds(runs.map(({ wallMs }) => wallMs)), `${gigabytes} GB`],
      runs.map(({ stretch }) => stretch).join(', '),
      runs.map(({ exitCode }) => exitCode).join(', '),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
}
