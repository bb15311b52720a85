/**
 * The engine: hands each request of an open schedule to a sender when it is due, and never waits for an answer
 * before it sends. What the bound on requests under way forbids is counted as dropped, not sent later. Latency counts
 * from the intended send, so that a stall is felt by every request that it delayed and not only by those that were
 * lucky to be sent (coordinated omission; G. Tene, «How NOT to Measure Latency»).
 */
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { startPacer } from './pacer.ts';
import type { Arrivals } from './schedule/arrivals.ts';
import { createTally, type Recipient, type Totals } from './tally.ts';

export type WindowRecord = Extract<LoadRecord, { kind: 'load' }>;

/** Once the schedule is over there are no ticks; deadlines are looked at so often then. */
const DEADLINE_INTERVAL_MS = 5;

/** Whom a request that had nobody to go to is counted against. */
const NOBODY: Recipient = { memberId: 'none', cohort: 'incumbent' };

/** One request from its intended send to its end. */
export interface Flight {
  /** When it was handed to the sender, on the clock of `performance.now`. */
  readonly sentAtMs: number;
  /** Whom it goes to and what it asks for: the sender says so before it ends. */
  recipient: Recipient;
  operation: string;
  /** How often it was sent: more than once where the sender tries again by itself. */
  attempts: number;
  /** What the sender does when the time is over: it must not end the flight. */
  giveUp: (() => void) | undefined;
  /** Tells how it ended. Only the first time counts. */
  end(outcome: string, reason: string | null): void;
}

/** Sends what is handed to it at once. One small interface, several ways: see `senders/`. */
export type Launch = (flight: Flight) => void;

export interface OpenLoopPlan {
  readonly arrivals: Arrivals;
  /** When the schedule begins, on the clock of `performance.now`. */
  readonly beginAtMs: number;
  readonly inFlightMax: number;
  /** From the actual send to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly windowMs: number;
}

export interface OpenLoopParts {
  readonly launch: Launch;
  readonly targetsReady: () => number;
  readonly onWindow: (window: WindowRecord) => void;
}

/** Disposal ends the schedule, waits for nothing and tells no further window: what it cuts off is no outcome. */
export interface RunningLoop extends Disposable {
  /** False once the schedule is over and every request has ended. */
  readonly running: boolean;
  /** Settles when every request has ended, and never after disposal. */
  readonly over: Promise<Totals>;
  /** Ends the schedule and waits for what is under way: at most the requests' time-out. Idempotent. */
  stop(): Promise<Totals>;
}

/** A flight with its place in the row of those under way, which is the order of their deadlines too. */
class ScheduledFlight implements Flight {
  readonly intendedAtMs: number;
  readonly sentAtMs: number;
  recipient: Recipient = NOBODY;
  operation = '';
  attempts = 1;
  giveUp: (() => void) | undefined = undefined;
  next: ScheduledFlight | undefined = undefined;
  ended = false;
  readonly #onEnd: (flight: ScheduledFlight, outcome: string, reason: string | null) => void;

  constructor(
    intendedAtMs: number,
    sentAtMs: number,
    onEnd: (flight: ScheduledFlight, outcome: string, reason: string | null) => void,
  ) {
    this.intendedAtMs = intendedAtMs;
    this.sentAtMs = sentAtMs;
    this.#onEnd = onEnd;
  }

  end(outcome: string, reason: string | null): void {
    if (this.ended) return;
    this.ended = true;
    this.giveUp = undefined;
    this.#onEnd(this, outcome, reason);
  }
}

/** Starts a schedule. Windows are told until the last request has ended. */
export function startOpenLoop(
  plan: OpenLoopPlan,
  { launch, targetsReady, onWindow }: OpenLoopParts,
): RunningLoop {
  const tally = createTally();
  const over = Promise.withResolvers<Totals>();
  let scheduleOver = false;
  let running = true;
  let disposed = false;
  let windowBeganMs = performance.now();
  let windows: NodeJS.Timeout | undefined;
  let lateDeadlines: NodeJS.Timeout | undefined;
  let first: ScheduledFlight | undefined;
  let last: ScheduledFlight | undefined;

  const closeWindow = (): void => {
    if (disposed) return;
    const nowMs = performance.now();
    const windowMs = Math.round((nowMs - windowBeganMs) * 10) / 10;
    windowBeganMs = nowMs;
    onWindow(tally.closeWindow({ windowEndMs: Date.now(), windowMs, targetsReady: targetsReady() }));
  };
  const endWhenDone = (): void => {
    if (!running || !scheduleOver || tally.inFlight > 0) return;
    running = false;
    clearInterval(windows);
    clearInterval(lateDeadlines);
    closeWindow();
    over.resolve(tally.totals);
  };
  const onEnd = (flight: ScheduledFlight, outcome: string, reason: string | null): void => {
    tally.ended(flight, outcome, reason, performance.now());
    if (scheduleOver) endWhenDone();
  };

  /** All have the same time-out, so only the head of the row is ever looked at. */
  const endOverdue = (nowMs: number): void => {
    while (first !== undefined && (first.ended || nowMs - first.sentAtMs >= plan.timeoutMs)) {
      const flight = first;
      first = flight.next;
      if (first === undefined) last = undefined;
      if (flight.ended) continue;
      flight.giveUp?.();
      flight.end('timeout', null);
    }
  };

  const pacer = startPacer(plan.arrivals, plan.beginAtMs, {
    onDue(intendedAtMs) {
      if (tally.inFlight >= plan.inFlightMax) {
        tally.dropped();
        return;
      }
      const sentAtMs = performance.now();
      tally.sent(sentAtMs - intendedAtMs);
      const flight = new ScheduledFlight(intendedAtMs, sentAtMs, onEnd);
      if (last === undefined) first = flight;
      else last.next = flight;
      last = flight;
      launch(flight);
    },
    onTick: endOverdue,
    onOver() {
      scheduleOver = true;
      tally.loopDelay(pacer.loopDelay);
      if (disposed) clearInterval(windows);
      else lateDeadlines = setInterval(() => endOverdue(performance.now()), DEADLINE_INTERVAL_MS);
      endWhenDone();
    },
  });
  windows = setInterval(() => {
    tally.loopDelay(pacer.loopDelay);
    closeWindow();
  }, plan.windowMs);

  return {
    get running() {
      return running;
    },
    over: over.promise,
    async stop() {
      pacer.stop();
      return await over.promise;
    },
    [Symbol.dispose]() {
      disposed = true;
      pacer[Symbol.dispose]();
      clearInterval(windows);
      clearInterval(lateDeadlines);
    },
  };
}
