/** One generator of a standalone load, in whichever thread it runs: its share of the schedule, its connections. */
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type RunningLoop, startOpenLoop, type WindowRecord } from '../open-loop.ts';
import { evenArrivals, poissonArrivals, shareOf } from '../schedule/arrivals.ts';
import type { GeneratorPlan } from './generator-plan.ts';
import { openSender } from './open-sender.ts';

const SECOND_MS = 1_000;
/** A generator that was not ready in time begins now: its first requests are not late for having waited to start. */
const LATE_BEGIN_MAX_MS = 1;
/**
 * Above what else runs on this machine: a generator that waits for its turn is late. What it is worth is measured in
 * bench/README.md; `--help` tells it to the user.
 */
const OWN_PRIORITY = -10;

/** Disposal cuts all connections. */
export interface RunningGenerator extends Disposable {
  readonly loop: RunningLoop;
}

/** @throws as {@link openSender} does. */
export async function startGenerator(
  plan: GeneratorPlan,
  onWindow: (window: WindowRecord) => void,
): Promise<RunningGenerator> {
  raiseOwnPriority();
  const { load, generator } = plan;
  const sender = await openSender(plan);
  const arrivals =
    load.arrivals === 'even' ? evenArrivals(load.profile) : poissonArrivals(load.profile, load.seed);
  await wait(Math.max(0, plan.beginAtMs - performance.timeOrigin - performance.now()));
  const loop = startOpenLoop(
    {
      arrivals: shareOf(arrivals, generator, load.generators),
      beginAtMs: Math.max(performance.now() - LATE_BEGIN_MAX_MS, plan.beginAtMs - performance.timeOrigin),
      inFlightMax: Math.max(1, Math.ceil(load.inFlightMax / load.generators)),
      timeoutMs: load.timeoutMs,
      windowMs: SECOND_MS,
    },
    { launch: sender.launch, targetsReady: () => load.targets.length, onWindow },
  );
  return {
    loop,
    [Symbol.dispose]() {
      loop[Symbol.dispose]();
      sender[Symbol.dispose]();
    },
  };
}

/** Of the thread that calls, where the system permits it. Without, the load's own verdict tells what came of it. */
function raiseOwnPriority(): void {
  try {
    setPriority(OWN_PRIORITY);
  } catch (error) {
    const { code } = (error as { info?: { code?: string } }).info ?? {};
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}
