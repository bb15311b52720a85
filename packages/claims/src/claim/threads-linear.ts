/**
 * Threads per front-end grow linearly with the fleet. AWS: each front-end creates operating-system threads for
 * each of the other front-ends. Measured by kernel task counts at settled sizes below the limit, since at the
 * limit the kernel itself bends the line.
 */
import type { Claim } from '../claim.ts';
import { counted, listed } from '../figures.ts';
import { fitLine, limitFromRecords, settledTasks, sizesFromRecords } from '../predict.ts';

/** Two points always lie on a line. */
const SIZES_MIN = 3;
/** Distance from the line at which it is none: a thread for what comes and goes, or this share of the count. */
const RESIDUAL_THREADS_MAX = 1;
const RESIDUAL_SHARE_MAX = 0.05;

export const threadsLinear: Claim = {
  id: 'threads-linear',
  statement:
    "threads per front-end grow linearly with the fleet's size, and the fleet's total with its square",
  from: 'A',
  measure({ records, arm }) {
    const limit = limitFromRecords(records, arm) ?? Number.POSITIVE_INFINITY;
    const measured = sizesFromRecords(records, arm)
      .filter(({ taskSamples }) => taskSamples.length > 0)
      .map((size) => ({ frontEnds: size.frontEnds, tasks: settledTasks(size) }))
      .filter(({ tasks }) => tasks < limit);
    const sizes = measured.map(({ frontEnds }) => frontEnds);
    const tasks = measured.map((point) => point.tasks);
    const evidence = { frontEnds: sizes, tasks };
    if (measured.length < SIZES_MIN) {
      const account = `most front-ends were read at ${counted(measured.length, 'settled size')} below the limit; a line needs ${SIZES_MIN}`;
      return { verdict: 'unknown', account, evidence };
    }
    const { a, k, residual, grows } = fitLine(measured);
    const largest = measured.reduce((left, right) => (right.frontEnds > left.frontEnds ? right : left));
    const fleetTotal = largest.frontEnds * largest.tasks;
    const straight = residual <= Math.max(RESIDUAL_THREADS_MAX, RESIDUAL_SHARE_MAX * largest.tasks);
    const line = `${a.toFixed(1)} + ${k.toFixed(2)} × (N − 1), no size further than ${residual.toFixed(1)} from it`;
    return {
      verdict: grows && straight ? 'held' : 'refuted',
      account: grows
        ? `a front-end held ${listed(tasks)} threads at ${listed(sizes)} front-ends: ${line}; the fleet of ${largest.frontEnds} held ${fleetTotal}`
        : `a front-end held ${listed(tasks)} threads at ${listed(sizes)} front-ends: they do not grow with the fleet`,
      evidence: {
        ...evidence,
        threadsAlone: a,
        threadsPerPeer: k,
        residualThreads: residual,
        fleetThreads: fleetTotal,
      },
    };
  },
};
