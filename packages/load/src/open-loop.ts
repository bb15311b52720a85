/**
 * The engine: hands each request of an open schedule to a sender when it is due, and never waits for an answer
 * before it sends. What the bound on requests under way forbids is counted as dropped, not sent later; so is what waited
 * for a bound of the client until its time was over, for the server never saw it. Latency counts from the intended send, so that a stall is felt by every request that it delayed and not only by those that were
 * lucky to be sent (coordinated omission; G. Tene, «How NOT to Measure Latency»).
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { createDeadlines, type Timed } from './deadlines.ts';
import type { Carrier } from './http/pool.ts';
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
  /** Whom it goes to and what it asks for: the sender says so before it ends. */
  recipient: Recipient;
  operation: string;
  /** How often it was sent: more than once where the sender tries again by itself. */
  attempts: number;
  /** Who gives it up when the time is over, and says what had become of it: that must not end the flight. */
  carrier: Carrier | undefined;
  /**
   * Its turn has come: it is written to a socket, or to one that is being connected. What it waited before that, it
   * waited for the client. Only the first time counts.
   * @param atMs on the clock of `performance.now`.
   */
  sent(atMs: number): void;
  readonly wasSent: boolean;
  /** An attempt failed, and the sender may try again. */
  attemptFailed(outcome: string): void;
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
  /** From the actual send to the last byte of the answer; what waits for its turn waits no longer either. */
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
  /** Ends the schedule and waits for what is under way: at most twice the requests' time-out. Idempotent. */
  stop(): Promise<Totals>;
  /** Ends the schedule, waits so long for what is under way, cuts off the rest and tells the last window. Idempotent. */
  cutShort(withinMs: number): Promise<Totals>;
}

/** A flight with its place in the row of those under way. */
class ScheduledFlight implements Flight, Timed {
  readonly intendedAtMs: number;
  readonly handedAtMs: number;
  sentAtMs = Number.NaN;
  recipient: Recipient = NOBODY;
  operation = '';
  attempts = 1;
  carrier: Carrier | undefined = undefined;
  next: this | undefined = undefined;
  ended = false;
  readonly #listener: FlightListener;

  constructor(intendedAtMs: number, handedAtMs: number, listener: FlightListener) {
    this.intendedAtMs = intendedAtMs;
    this.handedAtMs = handedAtMs;
    this.#listener = listener;
  }

  get wasSent(): boolean {
    return !Number.isNaN(this.sentAtMs);
  }

  sent(atMs: number): void {
    if (this.wasSent) return;
    this.sentAtMs = atMs;
    this.#listener.onSent(this);
  }

  attemptFailed(outcome: string): void {
    if (!this.ended) this.#listener.onAttemptFailed(outcome);
  }

  end(outcome: string, reason: string | null): void {
    if (this.ended) return;
    // One that ended without a turn had nobody to go to: it waited for nothing.
    this.sent(this.handedAtMs);
    this.ended = true;
    this.carrier = undefined;
    this.#listener.onEnd(this, outcome, reason);
  }

  overdue(): void {
    const before = this.carrier?.giveUp() ?? 'written';
    if (before !== 'queued' || this.wasSent) {
      this.end(before === 'unconnected' ? 'connect-timeout' : 'timeout', null);
      return;
    }
    this.ended = true;
    this.carrier = undefined;
    this.#listener.onNeverSent();
  }
}

interface FlightListener {
  onSent(flight: ScheduledFlight): void;
  onEnd(flight: ScheduledFlight, outcome: string, reason: string | null): void;
  onNeverSent(): void;
  onAttemptFailed(outcome: string): void;
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
  const deadlines = createDeadlines<ScheduledFlight>(plan.timeoutMs);

  const closeWindow = (): void => {
    if (disposed) return;
    const nowMs = performance.now();
    const windowMs = Math.round((nowMs - windowBeganMs) * 10) / 10;
    windowBeganMs = nowMs;
    onWindow(tally.closeWindow({ windowEndMs: Date.now(), windowMs, targetsReady: targetsReady() }));
  };
  const endWhenDone = (): void => {
    if (running && scheduleOver && tally.inFlight === 0) end();
  };
  const end = (): void => {
    running = false;
    clearInterval(windows);
    clearInterval(lateDeadlines);
    closeWindow();
    over.resolve(tally.totals);
  };
  const listener: FlightListener = {
    onSent({ sentAtMs, intendedAtMs }) {
      tally.sent(sentAtMs - intendedAtMs);
    },
    onEnd(flight, outcome, reason) {
      tally.ended(flight, outcome, reason, performance.now());
      if (scheduleOver) endWhenDone();
    },
    onNeverSent() {
      tally.neverSent();
      if (scheduleOver) endWhenDone();
    },
    onAttemptFailed: tally.attemptFailed,
  };

  const pacer = startPacer(plan.arrivals, plan.beginAtMs, {
    onDue(intendedAtMs) {
      if (tally.inFlight >= plan.inFlightMax) {
        tally.dropped();
        return;
      }
      tally.due();
      const flight = new ScheduledFlight(intendedAtMs, performance.now(), listener);
      deadlines.add(flight);
      launch(flight);
    },
    onTick: deadlines.endOverdue,
    onOver() {
      scheduleOver = true;
      tally.loopDelay(pacer.loopDelay);
      if (disposed) clearInterval(windows);
      else lateDeadlines = setInterval(() => deadlines.endOverdue(performance.now()), DEADLINE_INTERVAL_MS);
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
    async cutShort(withinMs) {
      pacer.stop();
      await Promise.race([over.promise, wait(withinMs)]);
      if (running) end();
      return tally.totals;
    },
    [Symbol.dispose]() {
      disposed = true;
      pacer[Symbol.dispose]();
      clearInterval(windows);
      clearInterval(lateDeadlines);
    },
  };
}
