/**
 * Whether the breaking size predicted from small sizes is the one at which the fleet breaks, over combinations of
 * limit, threads a peer and libuv pool: each a small run through the command line, its two sizes read from
 * `--json`. Results are appended as they come and a combination that has one is not run again, so that the whole
 * can be made in several goes; `npm run bench:predict -- --help` lists the flags.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { LAUNCHER } from '../test/launcher.ts';
import { type Combination, combinationsOn, keyOf } from './predict-combinations.ts';
import { predictTable } from './predict-table.ts';

/** A small run takes 20 s to 30 s; one that takes so long hangs. */
const RUN_TIMEOUT_MS = 180_000;
/** The largest small fleet that a combination breaks, and two steps past a prediction. */
const FRONT_ENDS_MAX = 14;

const HELP = `usage: npm run bench:predict -- [--runtime cgroup|docker]... [--take COUNT] [--results FILE] [--table]

  --runtime NAME   which runtime; may be given twice (both)
  --take COUNT     run at most so many combinations now (all)
  --results FILE   one JSON object a line; combinations in it are not run again (store/bench-predict.ndjson)
  --table          run nothing, print the table of the results

Exit code 1 when a prediction was wrong or a run gave none.`;

/** What one run of a combination came to. */
export interface PredictResult extends Combination {
  readonly predicted: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly observed: number | null;
  readonly exitCode: number | undefined;
  readonly wallMs: number;
  /** When it ended; ISO 8601. */
  readonly at: string;
  /** What the run said when it gave no verdict, or was not as expected. */
  readonly note: string | null;
}

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true },
    take: { type: 'string' },
    results: { type: 'string', default: 'store/bench-predict.ndjson' },
    table: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function run(combination: Combination): Promise<PredictResult> {
  const { runtime, pidsMax, threadsPerPeer, uvThreads } = combination;
  await using store = await mkdtempDisposable(join(tmpdir(), 'bench-of-fleetfall-'));
  const flags = {
    '--runtime': runtime,
    '--size': 'small',
    '--front-ends-max': FRONT_ENDS_MAX,
    '--pids-max': pidsMax,
    '--threads-per-peer': threadsPerPeer,
    '--uv-threads': uvThreads,
    '--store': store.path,
  };
  const beganMs = performance.now();
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [LAUNCHER, 'run', 'kinesis-2020', '--no-controls', '--json', ...Object.entries(flags).flat().map(String)],
    { reject: false, timeout: RUN_TIMEOUT_MS, killSignal: 'SIGINT', forceKillAfterDelay: 20_000 },
  );
  const wallMs = Math.round(performance.now() - beganMs);
  const ended = { ...combination, exitCode, wallMs, at: new Date().toISOString() };
  if (stdout === '') {
    const note = `no verdict: ${stderr.split('\n').slice(-3).join(' ').trim()}`;
    return { ...ended, predicted: null, low: null, high: null, observed: null, note };
  }
  const verdict = JSON.parse(stdout) as {
    readonly prediction: Record<'size' | 'low' | 'high', number | null> | null;
    readonly observed: { readonly size: number | null };
    readonly reasons: readonly string[];
  };
  const { size = null, low = null, high = null } = verdict.prediction ?? {};
  const note = exitCode === 0 ? null : verdict.reasons.join('; ');
  return { ...ended, predicted: size, low, high, observed: verdict.observed.size, note };
}

function readResults(path: string): PredictResult[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PredictResult);
}

async function main(): Promise<void> {
  if (values.help) return void console.log(HELP);
  const runtimes = values.runtime ?? ['cgroup', 'docker'];
  if (!values.table) {
    mkdirSync(dirname(values.results), { recursive: true });
    const done = new Set(readResults(values.results).map(keyOf));
    const open = runtimes.flatMap(combinationsOn).filter((combination) => !done.has(keyOf(combination)));
    for (const combination of open.slice(0, Number(values.take ?? open.length))) {
      const result = await run(combination);
      appendFileSync(values.results, `${JSON.stringify(result)}\n`);
      console.error(
        `${keyOf(result)}: predicted ${result.predicted}, observed ${result.observed}, exit ${result.exitCode}, ${(result.wallMs / 1_000).toFixed(1)} s${result.note === null ? '' : ` (${result.note})`}`,
      );
    }
    console.error(`${Math.max(0, open.length - Number(values.take ?? open.length))} combinations are left`);
  }
  const results = readResults(values.results).filter(({ runtime }) => runtimes.includes(runtime));
  console.log(predictTable(results));
  if (results.some(({ predicted, observed }) => predicted === null || predicted !== observed))
    process.exitCode = 1;
}

await main();
