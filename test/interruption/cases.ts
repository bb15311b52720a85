/**
 * Every way in which a run may be cut short that is tested, as data: the full matrix for the long suite, and a
 * sample of it, picked by a seed, that fits into half a minute.
 */
import { layOut } from '@fleetfall/experiment/layout.ts';
import type { Phase } from '@fleetfall/journal/records.ts';
import { loadExperiment } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { DOCKER_LEFT_OUT, RUNTIMES } from '../runtimes.ts';
import { chance } from '../seed.ts';
import { NO_PRIVATE_ENGINE } from './private-engine.ts';

type RuntimeName = (typeof RUNTIMES)[number];
const [main] = layOut(loadExperiment('kinesis-2020', { size: 'small' }), 'seed').arms;
const PHASES: readonly Phase[] = ['start', 'steady-state', ...main.method.map(({ phase }) => phase)];
const SIGNALS = ['SIGKILL', 'SIGINT', 'SIGTERM'] as const;

export type Interruption = { readonly runtime: RuntimeName; readonly phase: Phase } & (
  | { readonly kind: 'signal'; readonly signal: (typeof SIGNALS)[number] }
  /** The launcher on an older Node, killed: nobody waits for the run any more. */
  | { readonly kind: 'launcher-killed' }
  /** One of two runs at once is killed. */
  | { readonly kind: 'one-of-two-killed' }
  /** The file may grow no further (EFBIG), as by a quota or `ulimit -f`. */
  | { readonly kind: 'journal-too-big' }
  /** The disk is full (ENOSPC). */
  | { readonly kind: 'disk-full' }
  /** Nothing comes through to the engine any more, and its containers run on. */
  | { readonly kind: 'engine-out-of-reach' }
  /** A real engine, of the test's own, is killed or stopped, and started again behind the run. */
  | { readonly kind: 'engine-ended'; readonly signal: 'SIGKILL' | 'SIGTERM' }
  /** Killed while a partition, a delay and a pause are in force. */
  | { readonly kind: 'killed-with-faults' }
  /** Not a run: the keeper of a fleet of the shell, killed. */
  | { readonly kind: 'keeper-killed' }
  /** Not a run: `fleetfall doctor`, killed while its throw-away fleet is there. */
  | { readonly kind: 'doctor-killed' }
);

const bySignal: Interruption[] = PHASES.flatMap((phase) =>
  SIGNALS.flatMap((signal) =>
    RUNTIMES.map((runtime) => ({ kind: 'signal', runtime, phase, signal }) as const),
  ),
);
const byTrouble: Interruption[] = RUNTIMES.flatMap((runtime): Interruption[] => [
  { kind: 'launcher-killed', runtime, phase: 'start' },
  { kind: 'doctor-killed', runtime, phase: 'start' },
  { kind: 'keeper-killed', runtime, phase: 'start' },
  { kind: 'one-of-two-killed', runtime, phase: 'start' },
  { kind: 'journal-too-big', runtime, phase: 'steady-state' },
  // A disk of a test's own takes the right to mount one, and rules in the kernel that to make them.
  ...(process.getuid?.() === 0
    ? ([
        { kind: 'disk-full', runtime, phase: 'start' },
        { kind: 'killed-with-faults', runtime, phase: 'outage' },
      ] as const)
    : []),
  ...(runtime === 'docker' ? [{ kind: 'engine-out-of-reach', runtime, phase: 'steady-state' } as const] : []),
]);
const byEngine: Interruption[] =
  NO_PRIVATE_ENGINE === null && DOCKER_LEFT_OUT === null
    ? [
        { kind: 'engine-ended', runtime: 'docker', phase: 'start', signal: 'SIGKILL' },
        { kind: 'engine-ended', runtime: 'docker', phase: 'outage', signal: 'SIGKILL' },
        { kind: 'engine-ended', runtime: 'docker', phase: 'steady-state', signal: 'SIGTERM' },
      ]
    : [];

/** The whole matrix. */
export const INTERRUPTIONS: readonly Interruption[] = [...bySignal, ...byTrouble, ...byEngine];

export function titleOf(interruption: Interruption): string {
  const { kind, phase, runtime } = interruption;
  const by = kind === 'engine-ended' ? `${kind} by ${interruption.signal}` : kind;
  return `${kind === 'signal' ? interruption.signal : by} in ${phase} on ${runtime}`;
}

type Part = (typeof SIGNALS)[number] | 'engine' | 'other';

/** A part of the matrix, with titles: of one signal on a runtime, of an engine's end, or all there that is neither. */
export function partOf(runtime: Interruption['runtime'], by: Part): (readonly [string, Interruption])[] {
  const partWith = (each: Interruption): Part => {
    if (each.kind === 'signal') return each.signal;
    return each.kind === 'engine-ended' ? 'engine' : 'other';
  };
  return INTERRUPTIONS.filter((each) => each.runtime === runtime && partWith(each) === by).map((each) => [
    titleOf(each),
    each,
  ]);
}

/** Seconds until a phase is reached, the blow dealt and what is left looked at, on the slower runtime, as measured. */
const SIGNAL_SECONDS: Readonly<Record<Phase, number>> = {
  start: 5,
  'steady-state': 9,
  growth: 12,
  addition: 17,
  outage: 17,
  removal: 18,
  restart: 21,
  recovery: 24,
};
const TROUBLE_SECONDS: Readonly<Record<Exclude<Interruption['kind'], 'signal'>, number>> = {
  'launcher-killed': 4,
  'one-of-two-killed': 13,
  'doctor-killed': 8,
  'keeper-killed': 12,
  'killed-with-faults': 18,
  'journal-too-big': 14,
  'disk-full': 14,
  'engine-out-of-reach': 10,
  'engine-ended': 90,
};
const SAMPLE_SECONDS_MAX = 28;

const secondsOf = (interruption: Interruption): number =>
  interruption.kind === 'signal'
    ? (SIGNAL_SECONDS[interruption.phase] ?? SAMPLE_SECONDS_MAX)
    : TROUBLE_SECONDS[interruption.kind];

/** One of each kind and signal, as many as fit, on all runtimes in turn. SIGKILL is always among them. */
export function sampleOf(interruptions: readonly Interruption[]): Interruption[] {
  const groups = Map.groupBy(interruptions, (each) => (each.kind === 'signal' ? each.signal : each.kind));
  const ordered = [...groups.entries()].toSorted(
    ([one], [other]) => rank(one) - rank(other) || chance(one) - chance(other),
  );
  const sample: Interruption[] = [];
  let seconds = 0;
  const first = Math.floor(chance('runtime') * RUNTIMES.length);
  for (const [, group] of ordered) {
    const runtime = RUNTIMES[(first + sample.length) % RUNTIMES.length];
    const shuffled = group.toSorted((one, other) => chance(titleOf(one)) - chance(titleOf(other)));
    const pick = shuffled.find((each) => each.runtime === runtime) ?? (shuffled[0] as Interruption);
    if (seconds + secondsOf(pick) > SAMPLE_SECONDS_MAX) continue;
    seconds += secondsOf(pick);
    sample.push(pick);
  }
  return sample;
}

const rank = (group: string): number => (group === 'SIGKILL' ? 0 : 1);
