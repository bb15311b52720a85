/**
 * Measures what `plan` foretells: memory and threads of each role, what a front-end's memory grows by with its
 * threads, how long a run takes; beside each the figure of the plan. The constants in
 * `packages/experiment/src/cost.ts` are these figures, rounded. `npm run bench:cost -- --runtime cgroup --size small`.
 */
import { globSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fitLine } from '@fleetfall/claims/predict.ts';
import { median } from '@fleetfall/claims/quantiles.ts';
import { BOOT_TASKS } from '@fleetfall/protocol/settings.ts';
import { execa } from 'execa';
import { LAUNCHER } from '../test/launcher.ts';

const SAMPLE_INTERVAL_MS = 700;
const MEMBER = /\/(front-end|back-end|metadata|observer|load)\.mjs\0/;
const SHIM = /containerd-shim/;

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', default: 'cgroup' },
    size: { type: 'string', default: 'small' },
  },
});

interface ProcessSample {
  readonly role: string;
  /** Pages that it shares counted once (Pss). */
  readonly megabytes: number;
  readonly threads: number;
}

/** Every member, and shim of a container, on this host. */
function sampleMembers(): ProcessSample[] {
  return globSync('/proc/[0-9]*/cmdline').flatMap((file) => {
    try {
      const command = readFileSync(file, 'utf8');
      const role = MEMBER.exec(command)?.[1] ?? (SHIM.test(command) ? 'shim' : undefined);
      if (role === undefined) return [];
      const field = (name: string, of: RegExp): number =>
        Number(of.exec(readFileSync(file.replace('cmdline', name), 'utf8'))?.[1] ?? 0);
      const megabytes = (field('smaps_rollup', /^Pss:\s+(\d+) kB/m) * 1_024) / 1e6;
      return [{ role, megabytes, threads: field('status', /^Threads:\s+(\d+)/m) }];
    } catch (error) {
      // A process that ended between the listing and the reading is none.
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  });
}

const flags = ['kinesis-2020', '--no-controls', '--json', '--runtime', values.runtime, '--size', values.size];
const planned = JSON.parse((await execa(process.execPath, [LAUNCHER, 'plan', ...flags])).stdout) as {
  readonly cost: { readonly memoryBytes: number; readonly tasks: number; readonly durationMs: number };
};
await using store = await mkdtempDisposable(join(tmpdir(), 'bench-of-fleetfall-'));
const samples: ProcessSample[][] = [];
const timer = setInterval(() => samples.push(sampleMembers()), SAMPLE_INTERVAL_MS);
const beganMs = performance.now();
const { exitCode } = await execa(process.execPath, [LAUNCHER, 'run', ...flags, '--store', store.path], {
  reject: false,
});
const durationMs = performance.now() - beganMs;
clearInterval(timer);

const most = (figures: readonly number[]): number =>
  figures.reduce((left, right) => Math.max(left, right), 0);
const all = samples.flat();
console.log('| role | memory, median and most | threads, median and most |\n|---|---|---|');
for (const role of new Set(all.map((sample) => sample.role))) {
  const own = all.filter((sample) => sample.role === role);
  const [megabytes, threads] = [own.map((sample) => sample.megabytes), own.map((sample) => sample.threads)];
  console.log(
    `| ${role} | ${median(megabytes).toFixed(0)} and ${most(megabytes).toFixed(0)} MB | ${median(threads)} and ${most(threads)} |`,
  );
}
// One that is still booting has neither its threads nor its memory.
const frontEnds = all.filter(({ role, threads }) => role === 'front-end' && threads >= BOOT_TASKS);
const { a, k } = fitLine(
  frontEnds.map(({ threads, megabytes }) => ({ frontEnds: threads - BOOT_TASKS + 1, tasks: megabytes })),
);
console.log(
  `\na front-end's memory: ${a.toFixed(0)} MB + ${k.toFixed(1)} MB for each thread beyond the ${BOOT_TASKS} of its boot`,
);

const sum = (sample: readonly ProcessSample[], of: (one: ProcessSample) => number): number =>
  sample.reduce((total, one) => total + of(one), 0);
const memory = most(samples.map((sample) => sum(sample, ({ megabytes }) => megabytes)));
const tasks = most(samples.map((sample) => sum(sample, ({ threads }) => threads)));
const { cost } = planned;
console.log(`
| ${values.size} on ${values.runtime}, exit code ${exitCode} | planned | measured |
|---|---|---|
| memory (planned with the orchestrator) | ${(cost.memoryBytes / 1e6).toFixed(0)} MB | ${memory.toFixed(0)} MB |
| tasks (planned with the orchestrator) | ${cost.tasks} | ${tasks} |
| time | ${(cost.durationMs / 1_000).toFixed(0)} s | ${(durationMs / 1_000).toFixed(0)} s |`);
