/**
 * The figures that two runs are compared by: what each is called, in which direction it is worse, and what it means
 * that a run did not come to it.
 */

export const FIGURES = {
  predictedSize: { label: 'predicted breaking size', unit: 'size', worse: 'neither', absent: 'unclear' },
  observedSize: { label: 'observed breaking size', unit: 'size', worse: 'lower', absent: 'best' },
  goodputBefore: { label: 'goodput before', unit: 'share', worse: 'lower', absent: 'unclear' },
  goodputDuring: { label: 'goodput during', unit: 'share', worse: 'lower', absent: 'unclear' },
  goodputAfterRemoval: { label: 'goodput after removal', unit: 'share', worse: 'lower', absent: 'unclear' },
  goodputAfter: { label: 'goodput after restart', unit: 'share', worse: 'lower', absent: 'unclear' },
  latencyP50Ms: { label: 'latency p50, steady state', unit: 'ms', worse: 'higher', absent: 'unclear' },
  latencyP99Ms: { label: 'latency p99, steady state', unit: 'ms', worse: 'higher', absent: 'unclear' },
  refusals: { label: 'threads refused', unit: 'count', worse: 'neither', absent: 'unclear' },
  firstFailureMs: { label: 'growth to first failure', unit: 'ms', worse: 'lower', absent: 'best' },
  recoveryMs: { label: 'restart to recovery', unit: 'ms', worse: 'higher', absent: 'worst' },
} as const satisfies Readonly<Record<string, FigureKind>>;

export interface FigureKind {
  readonly label: string;
  /** `size`: front-ends, a count that one configuration fixes, so that even two single runs can tell a change of it. */
  readonly unit: 'size' | 'share' | 'ms' | 'count';
  /** `neither`: told, and not judged. How often a thread was asked for again is the back-off's, not the service's. */
  readonly worse: 'higher' | 'lower' | 'neither';
  /** What a run without this figure is in its regard: nothing broke is best, never recovered is worst. */
  readonly absent: 'best' | 'worst' | 'unclear';
}

export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];
