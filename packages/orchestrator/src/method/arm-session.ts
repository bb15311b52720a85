/**
 * One arm's fleet with its service, from its first member to its rollback, with a method for each thing that an arm
 * does: a run goes through its experiment's phases by them, a script or a shell does what it likes by the same.
 */
import { ArmSoFar } from '@fleetfall/claims/arm-so-far.ts';
import { predictFromRecords } from '@fleetfall/claims/predict.ts';
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import type { Step } from '@fleetfall/experiment/steps.ts';
import type { Journal } from '@fleetfall/journal/append.ts';
import type { JournalRecord, Phase, Prediction } from '@fleetfall/journal/records.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { startMeasured, startWhole } from './arm-start.ts';
import { reachSteadyState } from './conditions.ts';
import { type HistoryKeeper, openHistoryKeeper } from './history-keeper.ts';
import { type Recorder, recorderFor } from './recorder.ts';
import { startLoad } from './service.ts';
import { runStep } from './steps/steps.ts';

/** A rollback that takes longer hangs; the teardown behind it takes everything anyway. */
const ROLLBACK_TIMEOUT_MS = 30_000;

export interface ArmContext {
  readonly runtime: Runtime;
  readonly runId: string;
  readonly seed: string;
  readonly layout: ArmLayout;
  readonly journal: Journal;
  /** All that the journal holds so far. */
  readonly records: () => readonly JournalRecord[];
  /** The sizes by which earlier arms grew, by their names. */
  readonly grownBy: ReadonlyMap<string, readonly number[]>;
  /** Aborted when the run is to end at once, with everything it started. */
  readonly signal: AbortSignal;
  /** Aborted when the experiment is to stop: its rollback is still done. */
  readonly stop: AbortSignal;
}

export interface ArmSession extends AsyncDisposable {
  readonly fleet: Fleet;
  /** What the journal has told of the arm by now. */
  readonly soFar: ArmSoFar;
  /** Aborted when the run or the experiment is to end, or a part of the fleet that everything needs has broken. */
  readonly signal: AbortSignal;
  /** The sizes by which the fleet grew so far. */
  readonly grown: readonly number[];
  /** Does something under a phase's name, with a mark in the journal before and behind it. */
  inPhase<Result>(phase: Phase, act: () => Promise<Result>): Promise<Result>;
  /** Brings the front-ends and the stream up: the phase `start`. */
  start(): Promise<void>;
  /** Starts the load, waits for the steady state, predicts where the arm does: the phase `steady-state`. */
  reachSteadyState(): Promise<void>;
  /** Does steps one after another. */
  runSteps(steps: readonly Step[]): Promise<void>;
  /**
   * Does the arm's rollback, within a time of its own. Not when the run itself is ended or its fleet has broken: then
   * the teardown that follows takes everything.
   */
  rollBack(): Promise<void>;
}

/** Starts an arm's fleet but for its front-ends. Its disposal takes everything down. */
export async function openArm(context: ArmContext): Promise<ArmSession> {
  const { layout, stop } = context;
  const record = recorderFor(context.journal, layout.name);
  const soFar = new ArmSoFar(layout.name);
  await using unstarted = new AsyncDisposableStack();
  unstarted.use(context.journal.subscribe((told) => void soFar.heed(told)));
  const history = unstarted.use(openHistoryKeeper(context.journal.path, layout.name, record));
  const fleet = unstarted.use(await startArmFleet(context, record, history));
  const held = unstarted.move();
  const signal = AbortSignal.any([fleet.signal, stop]);
  const grown: number[] = [];
  let prediction: Prediction | null = null;

  async function runSteps(steps: readonly Step[], endedBy: AbortSignal): Promise<void> {
    const { grownBy, journal } = context;
    for (const step of steps) {
      endedBy.throwIfAborted();
      const stepping = { layout, fleet, record, journal, soFar, prediction, grownBy, grown };
      await runStep({ ...stepping, signal: endedBy }, step);
    }
  }

  async function inPhase<Result>(phase: Phase, act: () => Promise<Result>): Promise<Result> {
    const mark = (event: 'begin' | 'end'): void =>
      record({ kind: 'phase', phase, event, frontEnds: fleet.frontEnds().length });
    stop.throwIfAborted();
    mark('begin');
    const result = await act();
    fleet.signal.throwIfAborted();
    mark('end');
    return result;
  }

  return {
    fleet,
    soFar,
    signal,
    grown,
    inPhase,
    start: () =>
      inPhase('start', () => (layout.predicts ? startMeasured : startWhole)(fleet, layout.fleet, record)),
    async reachSteadyState() {
      await inPhase('steady-state', async () => {
        startLoad(fleet, layout.fleet);
        await reachSteadyState(layout, soFar, context.journal, signal);
      });
      if (layout.predicts) prediction = predict(context, record);
    },
    runSteps: (steps) => runSteps(steps, signal),
    async rollBack() {
      if (layout.rollback.length === 0 || fleet.signal.aborted) return;
      prediction = null;
      await runSteps(
        layout.rollback,
        AbortSignal.any([fleet.signal, AbortSignal.timeout(ROLLBACK_TIMEOUT_MS)]),
      );
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

async function startArmFleet(context: ArmContext, record: Recorder, { keep }: HistoryKeeper): Promise<Fleet> {
  const { layout, runtime, runId, signal, seed } = context;
  const { title, expect, fleet: settings } = layout;
  record({ kind: 'arm', title, expect, method: layout.method.map(({ phase }) => phase), settings });
  await using unstarted = new AsyncDisposableStack();
  const runtimeFleet = unstarted.use(await runtime.createFleet(runId, layout.name));
  const fleet = await startFleet({
    runId,
    seed,
    layout: layout.fleet,
    runtimeFleet,
    record,
    keepHistory: keep,
    signal,
    concurrentStarts: runtime.concurrentStarts,
  });
  unstarted.move();
  return fleet;
}

/** Kernel counts at small sizes in, the size that breaks out: before the fleet grows, and never by the configuration. */
function predict({ records, layout }: ArmContext, record: Recorder): Prediction {
  const prediction = predictFromRecords(records(), layout.name);
  record({ kind: 'prediction', prediction });
  return prediction;
}
