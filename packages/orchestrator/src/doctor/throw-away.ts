/**
 * The one check that cannot be made by looking: a throw-away fleet of two front-ends, started as a run starts its
 * own, under a limit that leaves one of them a thread short. It says whether members start at all, whether the
 * `pids.max` that was asked for is the one that they read back, and whether the kernel refuses a thread at it.
 */
import { randomBytes } from 'node:crypto';
import { type FleetLayout, layOut } from '@fleetfall/experiment/layout.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { bootTasks, CONSTRUCTION_TASKS } from '@fleetfall/protocol/settings.ts';
import { INCIDENT, loadExperiment } from '../cli/experiment-file.ts';
import { startFleet } from '../fleet/fleet.ts';
import { startReaper, whereabouts } from '../reaper/reaper-host.ts';
import { chooseRuntime } from '../runtime/choose.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import type { RuntimeName } from '../runtime/runtime.ts';

/** Two front-ends want a link to each other and a construction: one thread more than there is room for. */
const FRONT_ENDS = 2;
/** Discovery, a link and a construction take under two seconds with the small settings. */
const REFUSAL_TIMEOUT_MS = 15_000;

export interface ThrowAway {
  /** What was asked for. */
  readonly pidsMax: number;
  /** What a front-end read of itself once a thread was refused. */
  readonly own: KernelCounters;
  /** The same cgroup as the host sees it; null where its files are not there to be read. */
  readonly seenByHost: KernelCounters | null;
  /** Whether a cgroup above it stood at its limit. */
  readonly ancestorAtLimit: boolean;
  /** Version of the Node that members run on. */
  readonly node: string;
  /** Until the refusal was seen. */
  readonly tookMs: number;
}

export interface ThrowAwayOptions {
  readonly runtime: RuntimeName;
  /** In which the engine is looked for. */
  readonly environment: EngineEnvironment;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts the fleet, waits for the refusal, takes it down.
 * @throws RuntimeUnavailableError, StartError, or StepTimeoutError when no thread was refused; the signal's reason
 * when aborted. Whatever it throws, what it started is gone, or is a reaper's to remove.
 */
export async function tryThrowAway({
  runtime: wanted,
  environment,
  onProgress,
  signal,
}: ThrowAwayOptions): Promise<ThrowAway> {
  const beganMs = performance.now();
  const runId = `doctor-${randomBytes(4).toString('hex')}`;
  // Before anything is made: from here on this process may be killed at any moment.
  const reaper = await startReaper(runId, onProgress);
  const runtime = await chooseRuntime({ wanted, environment, onProgress, signal }).catch(
    async (error: unknown) => {
      await reaper.dismiss();
      throw error;
    },
  );
  reaper.note(whereabouts(runtime));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(async () => {
    // One that fails is the reaper's to go on with, once this process has ended.
    await runtime[Symbol.asyncDispose]();
    await reaper.dismiss();
  });
  const runtimeFleet = await runtime.createFleet(runId, 'throw-away');
  const layout = throwAwayLayout();
  await using fleet = await startFleet({
    runId,
    seed: runId,
    layout,
    runtimeFleet,
    concurrentStarts: runtime.concurrentStarts,
    record: () => undefined,
    signal,
  });
  await fleet.add(FRONT_ENDS, 'incumbent');
  const refused = (): KernelCounters | undefined =>
    fleet.view.frontEnds().find(({ kernel }) => (kernel?.limitHits ?? 0) > 0)?.kernel ?? undefined;
  await fleet.view.until(
    `the kernel to refuse a thread under pids.max ${layout.pidsMax}`,
    () => refused() !== undefined,
    REFUSAL_TIMEOUT_MS,
    fleet.signal,
  );
  const witnesses = fleet.frontEnds().map(({ member }) => member.witness());
  const hit = witnesses.find((witness) => (witness?.kernel.limitHits ?? 0) > 0) ?? null;
  return {
    pidsMax: layout.pidsMax,
    own: refused() as KernelCounters,
    seenByHost: hit?.kernel ?? null,
    ancestorAtLimit: hit?.ancestorAtLimit ?? false,
    node: runtime.host.node,
    tookMs: Math.round(performance.now() - beganMs),
  };
}

function throwAwayLayout(): FleetLayout {
  const [{ fleet }] = layOut(loadExperiment(INCIDENT, { size: 'small' }), 'doctor').arms;
  return { ...fleet, pidsMax: bootTasks(fleet.frontEnd.uvThreads) + CONSTRUCTION_TASKS };
}
