/**
 * Lays a run out: an experiment that was read becomes the settings of every arm, and what cannot show what it is
 * asked to show is refused before anything is started. The sizes here come from the configuration's formula; whether
 * the fleet breaks there is predicted and observed by the run.
 */
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import type { KeyDistribution } from '@fleetfall/protocol/load-stdio.ts';
import { durationOf, profileFor, type RateProfile, withSpike } from '@fleetfall/protocol/rate-profile.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import { type FrontEndSettings, plannedBreakingSize } from '@fleetfall/protocol/settings.ts';
import {
  assertLimit,
  assertLoad,
  assertReachable,
  assertRoomToGrow,
  assertTimes,
  type Laid,
  MEASURED_SIZES,
} from './arm-checks.ts';
import type { Condition } from './condition.ts';
import type { ExperimentDocument } from './document.ts';
import type { FleetFields } from './fleet-schema.ts';
import { profileOfRates } from './load-fields.ts';
import { MAIN_ARM } from './main-arm.ts';
import { assertMethod, growsUntilRefused, type PlacedMethod } from './method-checks.ts';
import { differencesAt } from './overrides.ts';
import { type ReadExperiment, validate } from './read-experiment.ts';
import { SettingsError } from './settings-error.ts';
import { assertSteps } from './step-checks.ts';
import type { MethodPhase, Step } from './steps.ts';
import { cutAfter, runsControls } from './until.ts';

/** A ramp, or steps, of which it is not said how long they take. */
const RAMP_MS_OTHERWISE = 60_000;

/** The incident's discovery delay: members learned of new members within an hour. */
export const INCIDENT_DISCOVERY_MS = 3_600_000;

/** The fleet of one arm, laid out. */
export interface FleetLayout {
  readonly pidsMax: number;
  readonly frontEndsBefore: number;
  readonly frontEndsMax: number;
  readonly backEnds: number;
  readonly shards: number;
  /** Once the stages are over, or all the time. */
  readonly ratePerSecond: number;
  /** How the rate comes there: a ramp, steps, a spike. */
  readonly stages: RateProfile;
  readonly arrivals: 'even' | 'poisson';
  readonly recordBytes: number;
  readonly client: 'raw' | 'sdk';
  readonly balance: 'round-robin' | 'sticky';
  /** Records in a put. */
  readonly batch: number;
  readonly keys: KeyDistribution;
  /** Of the calls, so many read, 0 to 1. */
  readonly readFraction: number;
  readonly through: 'direct' | 'balancer';
  /** Whether what was acknowledged is read back when the load has ended. */
  readonly verifies: boolean;
  readonly sampleIntervalMs: number;
  readonly frontEnd: FrontEndSettings;
}

/** One arm of a run, laid out. */
export interface ArmLayout {
  readonly name: string;
  /** What differs in it; null for the experiment itself. */
  readonly title: string | null;
  readonly expect: Expectation;
  /** Whether threads are counted at several sizes and the breaking size is predicted. */
  readonly predicts: boolean;
  readonly fleet: FleetLayout;
  readonly steadyState: readonly Condition[];
  readonly method: readonly MethodPhase[];
  readonly rollback: readonly Step[];
}

export interface RunLayout {
  readonly experiment: string;
  readonly size: string;
  readonly runtime: 'auto' | RuntimeName;
  readonly seed: string;
  readonly trials: number;
  /** How much the incident's hour of discovery is compressed. */
  readonly timeScale: number;
  readonly stopWhen: readonly Condition[];
  /** In the order in which they are run; the experiment first. */
  readonly arms: readonly [ArmLayout, ...ArmLayout[]];
  /** The experiment with all that a command line said and a layout decided in its fields: a file of its own. */
  readonly effective: unknown;
}

/**
 * @param seedOtherwise the seed when none was given.
 * @throws SettingsError when the fields contradict one another.
 */
export function layOut({ experiment, document, size }: ReadExperiment, seedOtherwise: string): RunLayout {
  const main = layOutArm({ document, name: MAIN_ARM, main: null, earlier: [] });
  const controls = runsControls(document, experiment, main.expect.kind === 'outage');
  const seed = experiment.seed ?? seedOtherwise;
  const others = controls ? Object.keys(experiment.arms).filter((name) => name !== MAIN_ARM) : [];
  return {
    experiment: experiment.name,
    size: experiment.size ?? size,
    runtime: experiment.runtime,
    seed,
    trials: experiment.trials,
    timeScale: INCIDENT_DISCOVERY_MS / main.fleet.frontEnd.discoveryDelayMaxMs,
    stopWhen: experiment.stopWhen,
    arms: [
      { ...main, method: cutAfter(document, main.method, experiment.until) },
      ...others.map((name) => layOutArm({ document, name, main, earlier: [MAIN_ARM] })),
    ],
    effective: fixed(document, {
      size: experiment.size ?? size,
      sizes: {},
      seed,
      controls,
      'fleet.frontEnds': main.fleet.frontEndsBefore,
    }),
  };
}

function fixed(document: ExperimentDocument, fields: Readonly<Record<string, unknown>>): unknown {
  const said = Object.entries(fields).map(([path, value]) => ({
    path: path.split('.'),
    value,
    saidBy: 'layout',
  }));
  return document.with(said).tree;
}

interface ArmSource {
  readonly document: ExperimentDocument;
  readonly name: string;
  /** The arm that this one is a control of. */
  readonly main: ArmLayout | null;
  /** The names of the arms that are run before this one. */
  readonly earlier: readonly string[];
}

function layOutArm({ document: whole, name, main, earlier }: ArmSource): ArmLayout {
  const document = whole.with(differencesAt(whole, ['arms', name, 'set']));
  const experiment = validate(document);
  const arm = experiment.arms[name];
  if (arm === undefined) throw new RangeError(`Cannot lay out '${name}': there is no such arm`);
  const laid = { document, experiment, method: arm.method ?? experiment.method, expect: arm.expect };
  const placed: PlacedMethod = {
    document,
    method: laid.method,
    at: arm.method === undefined ? ['method'] : ['arms', name, 'method'],
    rollback: experiment.rollback,
  };
  assertMethod(placed, arm.expect, earlier);
  const fleet = layOutFleet(laid, main === null, main?.fleet.frontEndsBefore);
  assertSteps({ ...placed, fleet, expect: arm.expect });
  return {
    name,
    title: name === MAIN_ARM ? null : (arm.title ?? name),
    expect: arm.expect,
    predicts: main === null,
    fleet,
    steadyState: experiment.steadyState,
    method: laid.method,
    rollback: experiment.rollback,
  };
}

/**
 * @param predicts whether its threads are counted at several sizes before it breaks.
 * @throws SettingsError when the fields contradict one another.
 */
export function layOutFleet(laid: Laid, predicts: boolean, sizeOfMain?: number): FleetLayout {
  const { experiment, expect } = laid;
  const { fleet, load } = experiment;
  const frontEnd = frontEndSettings(laid);
  const breaking = plannedBreakingSize(fleet.pidsMax, frontEnd);
  assertTimes(laid, frontEnd);
  assertLimit(laid, frontEnd, predicts);
  if (expect.kind === 'outage' && expect.signature === 'thread-refused')
    assertReachable(laid, breaking, frontEnd);
  const frontEndsBefore = sizeOfMain ?? startingSize(laid, breaking);
  if (growsUntilRefused(laid.method)) assertRoomToGrow(laid, { frontEndsBefore, breaking });
  const layout = {
    pidsMax: fleet.pidsMax,
    frontEndsBefore,
    frontEndsMax: fleet.frontEndsMax,
    backEnds: fleet.backEnds,
    shards: fleet.shards,
    ...scheduleOf(laid),
    arrivals: load.arrivals,
    recordBytes: load.recordSize,
    client: load.client,
    balance: load.balance,
    batch: load.batch,
    keys: load.keys,
    readFraction: load.reads,
    verifies: load.verify,
    through: load.through,
    sampleIntervalMs: fleet.sampleInterval,
    frontEnd,
  };
  assertLoad(laid, layout);
  return layout;
}

/** A ramp, steps and a spike come first; then the last rate goes on. @throws SettingsError */
function scheduleOf({ document, experiment: { load } }: Laid): Pick<FleetLayout, 'ratePerSecond' | 'stages'> {
  const { rate, over, spike } = load;
  if (over !== undefined && rate.shape === 'constant')
    throw new SettingsError(
      `${document.nameOf(['load', 'over'])} ${over}ms: is for a ramp or steps, and load.rate is constant: leave it out`,
    );
  const ratePerSecond = rate.perSecond.at(-1) ?? 0;
  const before = rate.shape === 'constant' ? [] : profileOfRates(rate, over ?? RAMP_MS_OTHERWISE);
  if (spike === undefined) return { ratePerSecond, stages: before };
  const untilMs = Math.max(durationOf(before), spike.atMs + spike.durationMs);
  return { ratePerSecond, stages: withSpike(profileFor(before, ratePerSecond, untilMs), spike) };
}

function frontEndSettings({ document, experiment: { fleet, timeScale } }: Laid): FrontEndSettings {
  const { discoveryDelayMax, buildInterval, shardMapMaxAge, ...rest } = assumptionsOf(fleet);
  if (timeScale !== undefined && document.valueAt(['fleet', 'discoveryDelayMax']) !== undefined) {
    throw new SettingsError(
      `${document.nameOf(['timeScale'])} ${timeScale}: ${document.nameOf(['fleet', 'discoveryDelayMax'])} says the same: say one of them`,
    );
  }
  return {
    ...rest,
    discoveryDelayMaxMs:
      timeScale === undefined ? discoveryDelayMax : Math.round(INCIDENT_DISCOVERY_MS / timeScale),
    buildIntervalMs: buildInterval,
    shardMapMaxAgeMs: shardMapMaxAge,
  };
}

type Assumptions = Omit<
  FleetFields,
  'frontEnds' | 'frontEndsMax' | 'backEnds' | 'shards' | 'pidsMax' | 'sampleInterval'
>;

function assumptionsOf(fleet: FleetFields): Assumptions {
  const { frontEnds, frontEndsMax, backEnds, shards, pidsMax, sampleInterval, ...assumptions } = fleet;
  return assumptions;
}

/** So many front-ends that there is room to grow; those of the file, unless a flag makes the fleet break sooner. */
function startingSize({ document, experiment: { fleet } }: Laid, breaking: number): number {
  const asked = fleet.frontEnds;
  const isFixed =
    document.isOverridden(['fleet', 'frontEnds']) ||
    !['pidsMax', 'threadsPerPeer', 'peerLinks', 'uvThreads'].some((field) =>
      document.isOverridden(['fleet', field]),
    );
  return isFixed ? asked : Math.max(MEASURED_SIZES, Math.min(asked, breaking - 2));
}
