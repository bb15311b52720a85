/**
 * Tells the journal of a run that never was: a small model of the fleet, ticked through the phases of a run, that
 * emits what orchestrator, observer and load would have written. Options alter the world, so that a test can ask
 * for the one thing that must change a verdict. Everything is computed; nothing is drawn at random.
 */
import { predictFromRecords } from '@fleetfall/claims/predict.ts';
import type {
  Arm,
  ArmRecord,
  Expectation,
  JournalEntry,
  JournalRecord,
  Phase,
} from '@fleetfall/journal/records.ts';
import { JOURNAL_VERSION } from '@fleetfall/journal/records.ts';
import { FleetModel } from './fleet-model.ts';
import type { ModelOptions } from './modelled-member.ts';

export interface StoryOptions extends Partial<ModelOptions> {
  readonly expect?: Expectation;
  readonly waves?: readonly number[];
  /** Where growth ends when nothing breaks. */
  readonly frontEndsMax?: number;
  readonly additionAfterBreak?: number;
  /** Journals a prediction before growth; on unless switched off. */
  readonly predicts?: boolean;
  /** Whether the host's cgroup files are there to be read; on unless switched off. */
  readonly witnessed?: boolean;
  readonly arms?: readonly Arm[];
  /** Changes the model of one arm, after the arm's own difference. */
  readonly inArm?: Partial<Record<Arm, Partial<ModelOptions>>>;
}

const TICK_MS = 250;
const SAMPLE_MS = 500;
const WINDOW_MS = 1_000;
/** The wall clock at the run's begin. */
const BEGIN_AT_MS = 1_700_000_000_000;
const DISCOVERY_MS = 2_000;
const BUILD_MS = 1_000;
const MAX_AGE_MS = 3_000;
const TITLES: Readonly<Record<Arm, string>> = {
  'control-event-loop': 'links without threads',
  'control-high-limit': 'a limit that growth cannot reach',
};
const CONTROL: Record<Arm, Partial<ModelOptions>> = {
  main: {},
  'control-event-loop': { threadsPerPeer: 0 },
  'control-high-limit': { pidsMax: 256 },
};

/** The records of a whole run: its head, its arms one after the other, its end. */
export function tellRun(options: StoryOptions = {}): JournalRecord[] {
  const told: JournalRecord[] = [];
  let nowMs = 0;
  const write = (entry: JournalEntry): void => {
    told.push({ monoMs: nowMs, atMs: BEGIN_AT_MS + nowMs, ...entry });
  };
  write({
    kind: 'run',
    version: JOURNAL_VERSION,
    experiment: 'kinesis-2020',
    runId: 'run-1',
    seed: 'seed-1',
    runtime: 'cgroup',
    runtimeReason: 'no engine answers',
    size: 'small',
    trial: { number: 1, of: 1 },
    timeScale: 1_800,
    host: { kernel: '6.18', cores: 2, memoryBytes: 2 ** 34, node: '26.10.0', cgroupVersion: 1, engine: null },
    fleetfall: '0.1.0',
  });
  for (const arm of options.arms ?? ['main']) {
    tellArm(arm, options, told, write, (ms) => {
      nowMs += ms;
      return nowMs;
    });
  }
  write({ kind: 'end', how: 'complete', reason: null });
  return told;
}

function tellArm(
  arm: Arm,
  options: StoryOptions,
  told: readonly JournalRecord[],
  write: (entry: JournalEntry) => void,
  pass: (ms: number) => number,
): void {
  const waves = options.waves ?? [4, 8, 12];
  const model = new FleetModel(
    { ...options, ...CONTROL[arm], ...options.inArm?.[arm] },
    DISCOVERY_MS,
    BUILD_MS,
  );
  // The entry is spread from a union by kind, which the compiler cannot follow through the arm.
  const say = (record: object): void => write({ arm, ...record } as ArmRecord);
  let loaded = false;
  const hold = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      const nowMs = pass(TICK_MS);
      model.tick(nowMs, MAX_AGE_MS);
      if (nowMs % SAMPLE_MS === 0) {
        for (const record of model.observations(BEGIN_AT_MS)) say({ kind: 'observer', record });
        if (options.witnessed !== false) {
          say({ kind: 'witness', sampledAtMs: BEGIN_AT_MS + nowMs, readings: model.witness() });
        }
      }
      if (loaded && nowMs % WINDOW_MS === 0) {
        say({ kind: 'load', record: model.load(WINDOW_MS, BEGIN_AT_MS) });
      }
    }
  };
  const phase = (name: Phase, body: () => void): void => {
    say({ kind: 'phase', phase: name, event: 'begin', frontEnds: model.size });
    body();
    say({ kind: 'phase', phase: name, event: 'end', frontEnds: model.size });
  };
  const member = (event: 'started' | 'removed', memberId: string, incarnation: number): void => {
    const cohort = model.cohortOf(memberId);
    say({
      kind: 'member',
      event,
      memberId,
      role: 'front-end',
      cohort,
      incarnation,
      frontEnds: model.size,
      detail: null,
    });
  };
  const arrive = (cohort: 'incumbent' | 'newcomer'): void => {
    const memberId = model.start(cohort, pass(TICK_MS));
    member('started', memberId, 1);
  };
  const settle = (): void => say({ kind: 'settled', frontEnds: model.size });

  say({
    kind: 'arm',
    title: TITLES[arm] ?? null,
    expect:
      arm === 'main'
        ? (options.expect ?? { kind: 'outage', signature: 'thread-refused', atSize: 'predicted' })
        : { kind: 'healthy' },
    method:
      arm === 'main'
        ? ['growth', 'addition', 'outage', 'removal', 'restart', 'recovery']
        : ['growth', 'addition', 'outage'],
    settings: model.settings(waves.at(-1) ?? 0, options.frontEndsMax ?? 20, MAX_AGE_MS),
  });
  phase('start', () => {
    for (const wave of waves) {
      while (model.size < wave) arrive('incumbent');
      hold(DISCOVERY_MS + BUILD_MS);
      settle();
      hold(2_000);
    }
  });
  loaded = true;
  phase('steady-state', () => hold(6_000));
  const prediction = predictFromRecords(told, arm);
  if (options.predicts !== false) say({ kind: 'prediction', prediction });
  phase('growth', () => {
    while (model.size < (options.frontEndsMax ?? 20)) {
      arrive('newcomer');
      hold(DISCOVERY_MS);
      settle();
      hold(2 * BUILD_MS);
      if (model.refused && model.size >= (prediction.size ?? 0)) break;
    }
  });
  phase('addition', () => {
    for (let added = 0; added < (options.additionAfterBreak ?? 3); added += 1) arrive('newcomer');
    hold(DISCOVERY_MS + MAX_AGE_MS);
    settle();
  });
  phase('outage', () => hold(8_000));
  if (arm !== 'main') return;
  phase('removal', () => {
    for (const memberId of model.idsOf('newcomer')) {
      model.remove(memberId, pass(TICK_MS));
      member('removed', memberId, 1);
    }
    hold(DISCOVERY_MS + MAX_AGE_MS + 2 * BUILD_MS);
    settle();
    hold(2_000);
  });
  phase('restart', () => {
    for (const memberId of model.idsOf('incumbent'))
      member('started', memberId, model.restart(memberId, pass(TICK_MS)));
    hold(2_000);
  });
  phase('recovery', () => {
    hold(DISCOVERY_MS + MAX_AGE_MS + 2 * BUILD_MS);
    settle();
    hold(2_000);
  });
}
