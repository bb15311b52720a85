/**
 * The table of predictions against what was observed, in Markdown. Wording and layout only.
 */
import type { Combination } from './predict-combinations.ts';

interface Row extends Combination {
  readonly predicted: number | null;
  readonly observed: number | null;
  readonly exitCode: number | undefined;
  readonly wallMs: number;
}

/** One row a combination, and how many of them were predicted right, by runtime. */
export function predictTable(results: readonly Row[]): string {
  const rows = results.map(({ runtime, pidsMax, threadsPerPeer, uvThreads, ...came }) => {
    const right = came.predicted !== null && came.predicted === came.observed;
    const cells = [
      runtime,
      pidsMax,
      threadsPerPeer,
      uvThreads,
      came.predicted ?? '–',
      came.observed ?? '–',
      right ? 'yes' : '**no**',
      came.exitCode ?? '–',
      `${(came.wallMs / 1_000).toFixed(0)} s`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const runtimes = [...new Set(results.map(({ runtime }) => runtime))];
  const sums = runtimes.map((runtime) => {
    const own = results.filter((result) => result.runtime === runtime);
    const right = own.filter(({ predicted, observed }) => predicted !== null && predicted === observed);
    return `${right.length} of ${own.length} on ${runtime}`;
  });
  return [
    '| runtime | pids.max | threads a peer | libuv pool | predicted | observed | equal | exit code | took |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `Predicted sizes that were the observed ones: ${sums.join(', ') || 'none was run'}.`,
  ].join('\n');
}
