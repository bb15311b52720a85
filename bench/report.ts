/**
 * Measures making a report of a long run of a large fleet: ten minutes, fifty front-ends. No such run is needed: the
 * told run of the claims' tests is stretched over ten minutes at the rate at which a real observer samples, and its
 * journal written to a temporary folder. `npm run bench:report [-- --keep FILE]`; `--keep` keeps the page.
 */
import { closeSync, copyFileSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@fleetfall/claims/quantiles.ts';
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { HistogramCounts } from '@fleetfall/protocol/load-stdio.ts';
import { reportPage } from '@fleetfall/report/page/report-page.ts';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { tellRun } from '../packages/claims/test/journal-builder.ts';
import { LAUNCHER } from '../test/launcher.ts';

const CHROMIUM = '/usr/bin/chromium';
const RUN_MS = 600_000;
/** A told run samples each member so often; stretched, it still does. */
const SAMPLE_MS = 500;
const FRONT_ENDS = 50;
/** The product's own bounds: what this measures against. */
const PAGE_BYTES_MAX = 3_000_000;
const REPORT_MS_MAX = 3_000;
const RUNS = 5;

const { values } = parseArgs({ options: { keep: { type: 'string' } } });

let seed = 1;
/** Whole numbers below `below`, the same in every run (Park and Miller's minimal standard generator). */
function drawn(below: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
}

/** So many latencies from 1 ms to 1 s, as likely in each decade: as wide as those of a fleet that falls. */
function spread(count: number): HistogramCounts {
  const histogram = new DurationHistogram();
  for (let drawing = 0; drawing < count; drawing += 1) histogram.record(10 ** (drawn(3_000) / 1_000));
  return histogram.toCounts();
}

/** Figures of a told run repeat themselves, which a page stores in little space; those of a real one do not. */
function varied(record: JournalRecord): JournalRecord {
  if (record.kind === 'load' && record.record.kind === 'load') {
    const outcomes = record.record.outcomes.map((each) => ({ ...each, count: each.count + drawn(5) }));
    const latencyMs = { p50: 2 + drawn(100) / 33, p99: 9 + drawn(1000) / 7, max: 20 + drawn(9000) / 7 };
    const { histograms } = record.record;
    const latency = spread(240);
    return {
      ...record,
      record: {
        ...record.record,
        outcomes,
        latencyMs,
        ...(histograms === undefined ? {} : { histograms: { ...histograms, latency } }),
      },
    };
  }
  if (record.kind !== 'observer' || record.record.kind !== 'sample') return record;
  const { state } = record.record;
  if (state.role !== 'front-end' || state.kernel === null || state.shardMap.ageMs === null) return record;
  const kernel = { ...state.kernel, tasks: state.kernel.tasks - drawn(2) };
  const shardMap = { ...state.shardMap, ageMs: state.shardMap.ageMs + drawn(900) };
  return { ...record, record: { ...record.record, state: { ...state, kernel, shardMap } } };
}

const isSampled = ({ kind }: JournalRecord): boolean => ['observer', 'witness', 'load'].includes(kind);

/** Repeats what was sampled until the next that was, so that a run takes as long as wanted. */
function* stretched(told: readonly JournalRecord[]): Generator<JournalRecord> {
  const times = RUN_MS / (told.at(-1)?.monoMs ?? RUN_MS);
  let members: JournalRecord[] = [];
  let load: JournalRecord[] = [];
  let filledMs = 0;
  for (const [index, record] of told.entries()) {
    const monoMs = record.monoMs * times;
    // What was sampled last goes on until now, load windows at every second turn: they are twice as long.
    for (; filledMs < monoMs; filledMs += SAMPLE_MS) {
      const isSecond = (filledMs / SAMPLE_MS) % 2 === 0;
      for (const again of isSecond ? [...members, ...load] : members) {
        yield { ...varied(again), monoMs: filledMs, atMs: again.atMs - again.monoMs + filledMs };
      }
    }
    if (record.kind === 'load') load = [record];
    else if (!isSampled(record)) {
      yield { ...record, monoMs, atMs: record.atMs - record.monoMs + monoMs };
    } else {
      const isNewTick = told.slice(0, index).findLast(isSampled)?.monoMs !== record.monoMs;
      members = isNewTick ? [record] : [...members, record];
    }
  }
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'bench-of-fleetfall-'));
const journal = join(folder.path, 'journal.ndjson');
const file = openSync(journal, 'w');
let records = 0;
for (const record of stretched(
  tellRun({ waves: [12, 24, 40], pidsMax: 52, frontEndsMax: FRONT_ENDS, additionAfterBreak: 7 }),
)) {
  writeSync(file, `${JSON.stringify(record)}\n`);
  records += 1;
}
closeSync(file);

const beganMs = performance.now();
const read = readJournal(journal);
const readMs = performance.now() - beganMs;
await reportPage(read.records.slice(0, 1));
const warmMs = performance.now();
const page = await reportPage(read.records);
const madeMs = performance.now() - warmMs;

const out = join(folder.path, 'report.html');
const runs: { readonly wallMs: number; readonly cpuMs: number }[] = [];
for (let run = 0; run < RUNS; run += 1) runs.push(await timedCommand());
const wholeMs = median(runs.map(({ wallMs }) => wallMs));
const cpuMs = median(runs.map((run) => run.cpuMs));
const pageBytes = statSync(out).size;
if (values.keep !== undefined) copyFileSync(out, values.keep);

/** The whole command, from its start to its end, and the processor time of it and of all that it started. */
async function timedCommand(): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const began = performance.now();
  const command = [process.execPath, LAUNCHER, 'report', journal, '--out', out];
  // The shell's own count of what its children took, in a line of its own: '0m1.230s 0m0.340s'.
  const { stdout } = await execa('sh', ['-c', '"$@" && times', 'sh', ...command]);
  const wallMs = performance.now() - began;
  const ofChildren = stdout.trim().split('\n').at(-1) ?? '';
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`the shell tells no times: '${ofChildren}'`);
  return {
    wallMs,
    cpuMs: times.reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
      0,
    ),
  };
}

/** Frames while the page is scrolled from its top to its bottom in a real browser; null where there is none. */
async function scrolledFramesMs(): Promise<number[] | null> {
  if (!existsSync(CHROMIUM)) return null;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await tab.goto(pathToFileURL(out).href);
    return (await tab.evaluate(`(async () => {
      const frame = () => new Promise(requestAnimationFrame);
      const frames = [];
      let lastMs = await frame();
      for (let y = 0; y < document.documentElement.scrollHeight; y += 40) {
        scrollTo({ top: y, behavior: 'instant' });
        const nowMs = await frame();
        frames.push(nowMs - lastMs);
        lastMs = nowMs;
      }
      return frames;
    })()`)) as number[];
  } finally {
    await browser.close();
  }
}
const framesMs = (await scrolledFramesMs())?.toSorted((left, right) => left - right) ?? null;

const row = (name: string, value: string): void => console.log(`| ${name} | ${value} |`);
console.log(
  `node ${process.version}, ${cpus().length} cores\n| a report of 10 minutes, ${FRONT_ENDS} front-ends | |\n|---|---|`,
);
row('journal', `${(statSync(journal).size / 1e6).toFixed(0)} MB, ${records} records`);
row('reading it', `${(readMs / 1e3).toFixed(2)} s`);
row('verdict and page', `${(madeMs / 1e3).toFixed(2)} s`);
row(`the whole command, from its start, median of ${RUNS}`, `${(wholeMs / 1e3).toFixed(2)} s`);
row('its processor time, user and system', `${(cpuMs / 1e3).toFixed(2)} s`);
row('page', `${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB`);
if (framesMs !== null) {
  const at = (share: number): string => (framesMs[Math.floor((framesMs.length - 1) * share)] ?? 0).toFixed(0);
  row('a frame while it is scrolled', `half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms`);
}
if (pageBytes > PAGE_BYTES_MAX || wholeMs > REPORT_MS_MAX) {
  console.log(`more than ${PAGE_BYTES_MAX / 1e6} MB or ${REPORT_MS_MAX / 1e3} s`);
  process.exitCode = 1;
}
