/**
 * Holds seconds of a load against a threshold, as they come or afterwards. Having seen nothing is `unknown`, never a
 * pass; nor is a second in which the generator by its own doing did not keep its schedule evidence for or against the
 * service, whatever the threshold is on. What windows come to is `load-sample.ts`'s. Pure.
 */
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { Threshold } from '@fleetfall/protocol/threshold.ts';
import { createSample, isSilent, voidLatencyReason, watchSilence } from './load-sample.ts';

export type ThresholdStatus = 'pass' | 'fail' | 'unknown';
type Window = Extract<LoadRecord, { kind: 'load' }>;

/**
 * What a threshold came to, with the figure that it rests on: null where nothing was measured, infinity where the
 * percentile is of requests that were never answered.
 */
export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly status: ThresholdStatus;
  readonly figure: number | null;
}

export interface ThresholdWatch {
  /** Takes the next window of the load. A threshold with `for` that has failed stays so. */
  take(window: Window): ThresholdResult;
  readonly result: ThresholdResult;
}

export function watchThreshold(threshold: Threshold): ThresholdWatch {
  return threshold.forMs === null ? watchAll(threshold) : watchSpans(threshold, threshold.forMs);
}

/** Everything after the delay together. */
function watchAll(threshold: Threshold): ThresholdWatch {
  const sample = createSample(threshold);
  const silence = watchSilence(threshold);
  let elapsedMs = 0;
  const result = (): ThresholdResult => {
    const figure = sample.figure(silence.hanging);
    return { threshold, figure, status: statusOf(threshold, figure) };
  };
  return {
    take(window) {
      if (elapsedMs >= threshold.delayMs) {
        if (isEvidence(window)) {
          sample.add(window);
          silence.take(window);
        } else silence.lose();
      }
      elapsedMs += window.windowMs;
      return result();
    },
    get result() {
      return result();
    },
  };
}

/**
 * Each window for itself; it counts once it has been missed for so long without a break. A silent window between two
 * that missed is none: at two requests a second there are some.
 */
function watchSpans(threshold: Threshold, forMs: number): ThresholdWatch {
  const silence = watchSilence(threshold);
  let elapsedMs = 0;
  let missedMs = 0;
  /** Silent since it was last missed. */
  let silentMs = 0;
  let unseenMs = 0;
  let everPassed = false;
  let lastUnseen = false;
  let failedAt: number | null = null;
  let last: number | null = null;
  const status = (): ThresholdStatus => {
    if (failedAt !== null) return 'fail';
    return everPassed && !lastUnseen ? 'pass' : 'unknown';
  };
  const result = (): ThresholdResult => ({ threshold, figure: failedAt ?? last, status: status() });
  return {
    take(window) {
      const counts = elapsedMs >= threshold.delayMs;
      elapsedMs += window.windowMs;
      if (!counts) return result();
      const sample = createSample(threshold);
      if (isEvidence(window)) {
        sample.add(window);
        silence.take(window);
      } else silence.lose();
      const figure = sample.figure(silence.hanging);
      const seen = statusOf(threshold, figure);
      last = figure ?? last;
      unseenMs = seen === 'unknown' ? unseenMs + window.windowMs : 0;
      // As long unseen as it may be missed: nobody knows whether it was.
      lastUnseen = unseenMs >= forMs;
      if (seen === 'fail') {
        missedMs += silentMs + window.windowMs;
        silentMs = 0;
      } else if (missedMs > 0 && !lastUnseen && isEvidence(window) && isSilent(window))
        silentMs += window.windowMs;
      else [missedMs, silentMs] = [0, 0];
      if (seen === 'pass') everPassed = true;
      if (missedMs >= forMs) failedAt ??= figure;
      return result();
    },
    get result() {
      return result();
    },
  };
}

const isEvidence = (window: Window): boolean => voidLatencyReason(window) === null;

function statusOf({ operator, bound }: Threshold, figure: number | null): ThresholdStatus {
  if (figure === null) return 'unknown';
  const held = {
    '<': figure < bound,
    '<=': figure <= bound,
    '>': figure > bound,
    '>=': figure >= bound,
  }[operator];
  return held ? 'pass' : 'fail';
}
