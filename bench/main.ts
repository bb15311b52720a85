/**
 * Measures the main job as a user has it: from the command to the verdict, on each runtime and in each size, with
 * the most memory that the whole fleet held at once. Medians of several runs; `npm run bench -- --runs 3`.
 */
import { globSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';

const LAUNCHER = join(import.meta.dirname, '../packages/fleetfall/bin/fleetfall.mjs');
const MEMORY_INTERVAL_MS = 1_000;
const MEMBER = /\/(front-end|back-end|metadata|observer|load)\.mjs\0/;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, runtime: { type: 'string', multiple: true } },
});

/** The memory of all members on this host, pages that they share counted once (Pss), in bytes. */
function fleetMemoryBytes(): number {
  let bytes = 0;
  for (const file of globSync('/proc/[0-9]*/cmdline')) {
    try {
      if (!MEMBER.test(readFileSync(file, 'utf8'))) continue;
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
  readonly wallMs: number;
  readonly memoryBytes: number;
  readonly exitCode: number | undefined;
}

async function measure(args: readonly string[]): Promise<Measured> {
  await using store = await mkdtempDisposable(join(tmpdir(), 'bench-of-fleetfall-'));
  let memoryBytes = 0;
  const timer = setInterval(() => {
    memoryBytes = Math.max(memoryBytes, fleetMemoryBytes());
  }, MEMORY_INTERVAL_MS);
  const beganMs = performance.now();
  const { exitCode } = await execa(
    process.execPath,
    [LAUNCHER, 'run', 'kinesis-2020', '--json', '--store', store.path, ...args],
    {
      reject: false,
    },
  );
  clearInterval(timer);
  return { wallMs: performance.now() - beganMs, memoryBytes, exitCode };
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN;

console.log(
  `node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; medians of ${values.runs} runs`,
);
console.log('| runtime | size | verdict after | most memory | exit codes |\n|---|---|---|---|---|');
for (const runtime of values.runtime ?? ['cgroup', 'docker']) {
  for (const size of ['small', 'standard']) {
    const runs: Measured[] = [];
    for (let run = 0; run < Number(values.runs); run += 1)
      runs.push(await measure(['--runtime', runtime, '--size', size]));
    const seconds = (median(runs.map(({ wallMs }) => wallMs)) / 1_000).toFixed(1);
    const gigabytes = (median(runs.map(({ memoryBytes }) => memoryBytes)) / 1e9).toFixed(2);
    console.log(
      `| ${runtime} | ${size} | ${seconds} s | ${gigabytes} GB | ${runs.map(({ exitCode }) => exitCode).join(', ')} |`,
    );
  }
}
