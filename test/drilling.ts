/**
 * What tests of blind drills share: the drill that they begin, its reveal, and the faults that a journal tells of.
 */
import { readFileSync } from 'node:fs';
import type { fleetfallIn } from './fleetfall.ts';

export const DRILL = [
  'run',
  'kinesis-2020',
  '--size',
  'small',
  '--runtime',
  'cgroup',
  '--for',
  '3m',
] as const;

interface Revealed {
  readonly guess: { readonly right: boolean } | null;
  readonly report: {
    readonly cause: string;
    readonly sealedSeed: string;
    readonly commitment: string;
    readonly among: readonly string[];
    readonly actions: readonly { readonly what: string }[];
    readonly guesses: readonly { readonly what: string; readonly right: boolean }[];
    readonly diagnosisMs: number | null;
    readonly journal: string;
  } | null;
}

export const reveal = async (
  call: ReturnType<typeof fleetfallIn>,
  ...guess: readonly string[]
): Promise<Revealed & { readonly exitCode: number | undefined }> => {
  const { stdout, exitCode } = await call('reveal', ...guess, '--json');
  return { ...(JSON.parse(stdout) as Revealed), exitCode };
};

export const faultsIn = (journal: string) =>
  readFileSync(journal, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; outcome: string; fault: { kind: string } })
    .filter(({ kind }) => kind === 'fault');
