/**
 * The combinations of limit, threads a peer and libuv pool that predictions are held against. Limits are chosen so
 * that fleets break between 5 and 10 front-ends, which a small machine holds, and so that not every one divides
 * evenly: a limit one thread higher must not move a size that two threads a peer decide.
 */

/** What differs between the runs. */
export interface Combination {
  readonly runtime: string;
  readonly pidsMax: number;
  readonly threadsPerPeer: number;
  readonly uvThreads: number;
}

type Row = readonly [pidsMax: number, threadsPerPeer: number, uvThreads: number];

const CGROUP: readonly Row[] = [
  [12, 1, 1],
  [15, 1, 1],
  [17, 1, 2],
  [15, 1, 4],
  [17, 1, 4],
  [19, 1, 4],
  [20, 1, 6],
  [21, 1, 8],
  [28, 1, 16],
  [16, 2, 1],
  [17, 2, 1],
  [20, 2, 2],
  [18, 2, 4],
  [19, 2, 4],
  [22, 2, 4],
  [25, 2, 8],
  [34, 2, 16],
  [18, 3, 1],
  [22, 3, 2],
  [23, 3, 4],
  [26, 3, 4],
  [29, 3, 8],
  [22, 4, 1],
  [30, 4, 4],
  [32, 5, 6],
];

const DOCKER: readonly Row[] = [
  [13, 1, 1],
  [16, 1, 4],
  [21, 1, 8],
  [19, 2, 2],
  [22, 2, 4],
  [27, 3, 8],
];

/** @throws RangeError for a runtime that is none. */
export function combinationsOn(runtime: string): Combination[] {
  const rows = runtime === 'cgroup' ? CGROUP : runtime === 'docker' ? DOCKER : undefined;
  if (rows === undefined) throw new RangeError(`--runtime '${runtime}': must be cgroup or docker`);
  return rows.map(([pidsMax, threadsPerPeer, uvThreads]) => ({
    runtime,
    pidsMax,
    threadsPerPeer,
    uvThreads,
  }));
}

/** Tells a combination from every other. */
export function keyOf({ runtime, pidsMax, threadsPerPeer, uvThreads }: Combination): string {
  return `${runtime} pidsMax ${pidsMax} threadsPerPeer ${threadsPerPeer} uvThreads ${uvThreads}`;
}
