/**
 * Holds an open schedule: a tick each millisecond hands out all that is due, so a late tick makes requests late but
 * never fewer, and their lateness is measured. (One timer a request holds 900 a second at most, a tick thousands:
 * measured.) It measures its own ticks too: they tell how long the event loop kept anything waiting.
 */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { Arrivals } from './schedule/arrivals.ts';

const TICK_MS = 1;
/** A gap between ticks is spread over at most so many samples, a millisecond each. */
const GAP_SAMPLES_MAX = 60_000;

/** Disposal ends it as `stop` does, but hands out nothing more. Both are idempotent. */
export interface RunningPacer extends Disposable {
  /** Hands out what is due by now, and ends. */
  stop(): void;
  /**
   * How long work that came at any moment would have waited for the event loop. Each gap counts for every
   * millisecond of it: a loop that stands still for 100 ms kept 100 moments waiting and not one.
   */
  readonly loopDelay: DurationHistogram;
}

export interface PacerListener {
  /** A request's turn has come. `intendedAtMs` is on the clock of `performance.now`. */
  onDue(intendedAtMs: number): void;
  /** After each tick. */
  onTick(nowMs: number): void;
  /** Once: the schedule has ended, by itself or because it was. */
  onOver(): void;
}

/**
 * Starts to hand out requests.
 * @param beginAtMs when the schedule's time begins, on the clock of `performance.now`.
 */
export function startPacer(arrivals: Arrivals, beginAtMs: number, listener: PacerListener): RunningPacer {
  const loopDelay = new DurationHistogram();
  let nextAtMs = beginAtMs + arrivals.next();
  let lastTickMs = performance.now();
  let over = false;
  const handOut = (nowMs: number): void => {
    while (nextAtMs <= nowMs) {
      const intendedAtMs = nextAtMs;
      nextAtMs = beginAtMs + arrivals.next();
      listener.onDue(intendedAtMs);
    }
  };
  const end = (): void => {
    over = true;
    clearInterval(ticks);
    listener.onOver();
  };
  const ticks = setInterval(() => {
    const nowMs = performance.now();
    let waitedMs = nowMs - lastTickMs - TICK_MS;
    lastTickMs = nowMs;
    for (let sample = 0; sample <= GAP_SAMPLES_MAX && waitedMs > -TICK_MS; sample += 1) {
      loopDelay.record(waitedMs);
      waitedMs -= TICK_MS;
    }
    handOut(nowMs);
    listener.onTick(nowMs);
    if (nextAtMs === Number.POSITIVE_INFINITY) end();
  }, TICK_MS);
  return {
    loopDelay,
    stop() {
      if (over) return;
      handOut(performance.now());
      end();
    },
    [Symbol.dispose]() {
      if (!over) end();
    },
  };
}
