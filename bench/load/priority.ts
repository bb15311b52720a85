/**
 * What a generator's own priority is worth: the same load with it and without, in turns, on a machine whose cores are
 * kept busy twice over by others.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { median, startClient, startTarget } from './measure.ts';

const RIVALS_A_CORE = 2;
/** Loaded before all else: the system's call does nothing then. */
const WITHOUT = `data:text/javascript,${encodeURIComponent(
  "import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'; os.setPriority = () => undefined; syncBuiltinESMExports();",
)}`;

/** @param load the command line of a load on an address, the runtime first. */
export async function priorities(load: (url: string) => readonly string[], runs: number): Promise<void> {
  console.log(
    `\n${RIVALS_A_CORE} busy processes a core beside it\n\n| priority | lateness p50, p99 ms, each run | median p99 | verdicts |\n|---|---|---|---|`,
  );
  const latenesses = new Map<string, { p50: number; p99: number; verdict: string }[]>();
  const rivals = Array.from({ length: cpus().length * RIVALS_A_CORE }, startRival);
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const name of ['nice -10', 'as it was started']) {
        await using target = await startTarget();
        const [node = '', ...rest] = load(target.url);
        const command = name === 'nice -10' ? [node, ...rest] : [node, '--import', WITHOUT, ...rest];
        const { latenessMs, verdict } = JSON.parse(await startClient(command).ended);
        latenesses.set(name, [...(latenesses.get(name) ?? []), { ...latenessMs, verdict }]);
      }
    }
  } finally {
    for (const rival of rivals) rival.kill('SIGKILL');
  }
  for (const [name, seen] of latenesses) {
    const each = seen.map(({ p50, p99 }) => `${p50.toFixed(2)}, ${p99.toFixed(1)}`).join('; ');
    const p99 = median(seen.map((figures) => figures.p99)).toFixed(1);
    console.log(`| ${name} | ${each} | ${p99} | ${seen.map(({ verdict }) => verdict).join(', ')} |`);
  }
}

/** Busy for as long as its parent lives: one that is killed leaves none behind. */
const startRival = (): ChildProcess =>
  spawn(process.execPath, ['-e', `while (process.ppid === ${process.pid});`], { stdio: 'ignore' });
