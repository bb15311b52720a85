/**
 * Runs the command line as a user would, through its launcher, and reads what it says.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { vi } from 'vitest';
import { LAUNCHER } from './launcher.ts';

/** A run that takes longer hangs. */
const TIMEOUT_MS = 180_000;
/** The test waits for longer than its run: a run that hangs is ended and told of, never left behind. */
const TEST_TIMEOUT_MS = TIMEOUT_MS + 30_000;
vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

export interface FleetfallRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LaunchOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own, before the launcher. */
  readonly nodeArgs?: readonly string[];
  /** @default {@link TIMEOUT_MS} */
  readonly timeoutMs?: number;
}

export function startFleetfall(
  args: readonly string[],
  { env = {}, nodeArgs = [], timeoutMs = TIMEOUT_MS }: LaunchOptions = {},
) {
  return execa(process.execPath, [...nodeArgs, LAUNCHER, ...args], {
    reject: false,
    env,
    timeout: timeoutMs,
    forceKillAfterDelay: 10_000,
  });
}

export function fleetfall(...args: readonly string[]): Promise<FleetfallRun> {
  return fleetfallIn({})(...args);
}

/** The command line in an environment that is the process's own but for some variables. */
export function fleetfallIn(env: Readonly<Record<string, string>>) {
  return async (...args: readonly string[]): Promise<FleetfallRun> => {
    const { exitCode, stdout, stderr } = await startFleetfall(args, { env });
    return { exitCode, stdout, stderr };
  };
}

/** What `run --json` prints, as far as tests look at it. */
export interface VerdictJson {
  readonly experiment: string;
  readonly runtime: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly prediction: {
    readonly size: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
  readonly observed: { readonly size: number | null };
  readonly firstFailedRequest: { readonly frontEnds: number } | null;
  readonly refusals: Record<
    'incumbent' | 'newcomer',
    { readonly members: number; readonly hits: number; readonly watched: number }
  >;
  readonly claims: readonly { readonly id: string; readonly verdict: string; readonly account: string }[];
  readonly arms: readonly {
    readonly arm: string;
    readonly outcome: string;
    readonly claims: readonly { readonly id: string; readonly verdict: string }[];
  }[];
  readonly goodput: Record<
    'before' | 'during' | 'afterRemoval' | 'after',
    { readonly fraction: number } | null
  >;
  readonly journal: string;
}

/** A small run of the incident with its own store, gone after the test. */
export const smallRun = (...args: readonly string[]): Promise<JudgedRun> =>
  judgedRun('kinesis-2020', '--size', 'small', ...args);

export type JudgedRun = FleetfallRun & { readonly verdict: VerdictJson };

/** A run with its own store, gone after the test. */
export async function judgedRun(...args: readonly string[]): Promise<JudgedRun> {
  using store = await temporaryFolder();
  const run = await fleetfall('run', ...args, '--json', '--store', store.path);
  try {
    return { ...run, verdict: JSON.parse(run.stdout) as VerdictJson };
  } catch (error) {
    throw new Error(`no verdict on stdout; exit code ${run.exitCode}, stderr:\n${run.stderr}`, {
      cause: error,
    });
  }
}

export async function temporaryFolder(): Promise<{ readonly path: string } & Disposable> {
  const path = await mkdtemp(join(tmpdir(), 'test-of-fleetfall-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The verdict on one claim of the main arm. */
export function claimOf(verdict: VerdictJson, id: string): string | undefined {
  return verdict.claims.find((claim) => claim.id === id)?.verdict;
}
