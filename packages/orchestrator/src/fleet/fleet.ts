/**
 * A running fleet: its members started, grown, shrunk and restarted, and faults put into force and lifted, with
 * everything that happens in the journal. It is never in the data path; what it knows of the service it has from the
 * observer. Steps of an experiment, scripts and shell verbs all stand on this one interface.
 */
import { randomBytes } from 'node:crypto';
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import type { BalancerCommand, BalancerRecord } from '@fleetfall/protocol/balancer-stdio.ts';
import type { Fault, FaultOutcome, MemberTargets } from '@fleetfall/protocol/faults.ts';
import type { Cohort, LoadCommand, LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { ObserverCommand, ObserverRecord } from '@fleetfall/protocol/observer-stdio.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { Recorder } from '../method/recorder.ts';
import type { RuntimeFleet, StartedMember } from '../runtime/runtime.ts';
import { takeDown } from '../runtime/take-down.ts';
import { type Attached, attach, HarnessError } from './attached.ts';
import { BALANCER, balancerTarget } from './balancer-member.ts';
import { type CrewMember, createCrew, START_TIMEOUT_MS } from './crew.ts';
import { createInjector } from './faults/injector.ts';
import { createFleetView, type FleetView } from './fleet-view.ts';
import { backEndSpec, frontEndSpec, LOAD, METADATA, OBSERVER } from './members.ts';
import { pickSubjects, pickToRemove } from './targets.ts';
import { startWitness } from './witness.ts';

export interface FleetOptions {
  readonly runId: string;
  readonly seed: string;
  readonly layout: FleetLayout;
  readonly runtimeFleet: RuntimeFleet;
  readonly concurrentStarts: number;
  readonly record: Recorder;
  /** Takes the bytes of the history of a stream's writes, in their order, where the load is asked for one. */
  readonly keepHistory?: (stream: string, bytes: Buffer) => void;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

/** A front-end of the fleet with its cohort. */
export interface FleetFrontEnd {
  readonly member: StartedMember;
  readonly cohort: Cohort;
}

/** How slow, and towards whom: see the fault `slow`. */
export type Slowness = Omit<Extract<Fault, { kind: 'slow' }>, 'kind' | 'targets'>;

export interface Fleet extends AsyncDisposable {
  readonly view: FleetView;
  readonly load: Attached<LoadCommand, LoadRecord>;
  /** Aborted when the run is to end, or a part of the fleet that everything needs has broken. */
  readonly signal: AbortSignal;
  frontEnds(): readonly FleetFrontEnd[];
  /** All members, the oldest first, running or down: for a status, and for naming them. */
  members(): readonly CrewMember[];
  /** Starts front-ends and waits until each is registered. */
  add(count: number, cohort: Cohort): Promise<void>;
  /** Removes every front-end of a cohort. */
  remove(cohort: Cohort): Promise<void>;
  /**
   * Stops front-ends and takes them out of the fleet.
   * @param what so many of the newest, or those that are named or described.
   * @returns the ids of those removed.
   * @throws SettingsError when there are not so many, an id is of no member, or one is no front-end.
   */
  shrink(what: number | MemberTargets): Promise<readonly string[]>;
  /**
   * Stops members and starts each again, on new cgroups and what it had on disk; waits until they are back. One
   * that is down is only started. @default every front-end
   * @throws SettingsError when an id is of no member, or of the observer or the load.
   */
  restart(targets?: MemberTargets): Promise<void>;
  /**
   * Deploys another configuration: every front-end is restarted on it, and those to come start with it.
   * @param batch how many are restarted at once. @default all
   */
  deploy(changes: Partial<FrontEndSettings>, batch?: number): Promise<void>;
  /**
   * Puts a fault into force and finds out whether it is. Never throws for a fault that could not be had: the outcome
   * says so. @throws SettingsError when the fault itself is wrong; the signal's reason when aborted.
   */
  inject(fault: Fault): Promise<FaultOutcome>;
  /**
   * Lifts a fault, or all that are in force, the newest first: what was killed is started again, a limit is what it
   * was before. @throws SettingsError when no fault of that id is in force.
   */
  heal(faultId: string | 'all'): Promise<readonly FaultOutcome[]>;
  /** The faults in force, the oldest first, as they were put into force. */
  faults(): readonly FaultOutcome[];
  /** @throws NoMeansError when nothing can be done to the network of a member. */
  assertNetworkMeans(memberId: string): Promise<void>;
  /** `inject` of a `kill`. */
  kill(targets: string | MemberTargets): Promise<FaultOutcome>;
  /** `inject` of a `pause`; `heal` lets the members go on. */
  pause(targets: string | MemberTargets): Promise<FaultOutcome>;
  /** `inject` of a `partition`. @default from every other member but the observer */
  partition(targets: string | MemberTargets, from?: MemberTargets): Promise<FaultOutcome>;
  /** `inject` of a `slow`, with `delayMs`, `lossPercent` or both. */
  slow(targets: string | MemberTargets, how: Slowness): Promise<FaultOutcome>;
  /** `inject` of a `set-limit`. @default every front-end, those to come too */
  setLimit(pidsMax: number, targets?: MemberTargets): Promise<FaultOutcome>;
}

interface LimitOfNew {
  readonly faultId: string;
  readonly pidsMax: number;
}

/** Starts observer, load, metadata store and back-ends; no front-end yet. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { layout, runtimeFleet, record, runId, seed } = options;
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const view = createFleetView();
  const cleanup = new AsyncDisposableStack();
  // A start that fails is no fleet whose members die: what follows is its teardown.
  await using unstarted = new AsyncDisposableStack();
  unstarted.use(cleanup);
  const onBroken = (error: HarnessError): void => {
    if (!cleanup.disposed) broken.abort(error);
  };
  let observer: Attached<ObserverCommand, ObserverRecord> | undefined;
  let load: Attached<LoadCommand, LoadRecord> | undefined;
  let balancer: Attached<BalancerCommand, BalancerRecord> | undefined;
  const crew = cleanup.use(
    createCrew({
      identity: { runId, secret: randomBytes(32).toString('base64url'), seed },
      layout,
      runtimeFleet,
      concurrentStarts: options.concurrentStarts,
      view,
      record,
      signal,
      onBroken,
      onWatched: (members) => observer?.tell({ op: 'watch', members }),
      onTargets: (targets) => {
        balancer?.tell({ op: 'front-ends', frontEnds: targets });
        load?.tell({
          op: 'targets',
          targets: balancer === undefined ? targets : [balancerTarget(runtimeFleet)],
        });
      },
    }),
  );
  const startOne = async (spec: typeof OBSERVER): Promise<StartedMember> => {
    await crew.start([spec], null);
    return crew.get(spec.memberId)?.member as StartedMember;
  };

  // The instruments first: they watch the rest come up.
  observer = attach<ObserverCommand, ObserverRecord>(
    await startOne(OBSERVER),
    (entry) => {
      view.heed(entry);
      if (entry.kind !== 'ready') record({ kind: 'observer', record: entry });
    },
    onBroken,
  );
  load = attach<LoadCommand, LoadRecord>(
    await startOne(LOAD),
    (entry) => {
      if (entry.kind === 'history') options.keepHistory?.(entry.stream, Buffer.from(entry.bytes, 'base64'));
      else if (entry.kind !== 'ready') record({ kind: 'load', record: entry });
      // That nothing could be read back is what a fleet that is down shows, and no fault of the harness.
      if (entry.kind === 'failed' && entry.op !== 'read-back')
        broken.abort(new HarnessError(`the load could not ${entry.op}: ${entry.message}`));
    },
    onBroken,
  );
  if (layout.through === 'balancer') {
    balancer = attach<BalancerCommand, BalancerRecord>(
      await startOne(BALANCER),
      (entry) => {
        if (entry.kind !== 'ready') record({ kind: 'balancer', record: entry });
      },
      onBroken,
    );
  }
  await startOne(METADATA);
  const backEnds = Array.from({ length: layout.backEnds }, (_, index) => backEndSpec(index + 1));
  await crew.start(backEnds, null);
  await view.until(
    `${backEnds.length} back-ends to register`,
    () => {
      const state = view.seen(METADATA.memberId)?.state;
      return state?.role === 'metadata' && state.members >= backEnds.length;
    },
    START_TIMEOUT_MS,
    signal,
  );
  const frontEnds = (): FleetFrontEnd[] =>
    crew
      .all()
      .flatMap(({ role, member, cohort }) =>
        role === 'front-end' && cohort !== null ? [{ member, cohort }] : [],
      );
  cleanup.use(
    startWitness(() => frontEnds().map(({ member }) => member), record, layout.sampleIntervalMs, onBroken),
  );
  const injector = createInjector({ crew, view, record, signal, runtimeFleet });
  let nextNumber = 1;
  /** Limits that were set for those to come too and are in force, the oldest first. */
  let limitsOfNew: readonly LimitOfNew[] = [];
  const pidsMaxOfNew = (): number => limitsOfNew.at(-1)?.pidsMax ?? layout.pidsMax;
  let { frontEnd } = layout;

  async function shrink(what: number | MemberTargets): Promise<readonly string[]> {
    const going = pickToRemove(what, crew.all());
    await crew.remove(going);
    return going;
  }

  /** A limit that held for those to come too is lifted from those that have come meanwhile. */
  async function healOfNew({ faultId, members }: FaultOutcome): Promise<void> {
    const healed = limitsOfNew.find((limit) => limit.faultId === faultId);
    if (healed === undefined) return;
    limitsOfNew = limitsOfNew.filter((limit) => limit !== healed);
    for (const { member } of frontEnds()) {
      const { memberId, pidsMax } = member.spec;
      if (!members.includes(memberId) && pidsMax === healed.pidsMax)
        await crew.setLimit(memberId, pidsMaxOfNew());
    }
  }

  unstarted.move();
  return {
    view,
    load,
    signal,
    frontEnds,
    members: () => crew.all(),
    async add(count, cohort) {
      const specs = Array.from({ length: count }, (_, index) =>
        frontEndSpec(nextNumber + index, { ...layout, pidsMax: pidsMaxOfNew() }),
      );
      nextNumber += count;
      await crew.start(specs, cohort);
      await crew.comeUp(specs.map(({ memberId }) => memberId));
      crew.tellTargets();
    },
    remove: async (cohort) => void (await shrink({ cohort })),
    shrink,
    restart: (targets = { role: 'front-end' }) => crew.restart(pickSubjects(targets, crew.all(), 'restart')),
    async deploy(changes, batch) {
      frontEnd = { ...frontEnd, ...changes };
      record({ kind: 'deploy', changes, frontEnd, batch: batch ?? null });
      crew.configure(changes);
      const ids = frontEnds().map(({ member }) => member.spec.memberId);
      const size = batch ?? ids.length;
      for (let first = 0; first < ids.length; first += size) {
        signal.throwIfAborted();
        await crew.restart(ids.slice(first, first + size));
      }
    },
    inject: (fault) => injector.inject(fault),
    async heal(faultId) {
      const outcomes = await injector.heal(faultId);
      for (const outcome of outcomes) await healOfNew(outcome);
      return outcomes;
    },
    faults: () => injector.inForce(),
    assertNetworkMeans: (memberId) => runtimeFleet.network.assertMeans(memberId),
    kill: (targets) => injector.inject({ kind: 'kill', targets: asTargets(targets) }),
    pause: (targets) => injector.inject({ kind: 'pause', targets: asTargets(targets) }),
    partition: (targets, from) =>
      injector.inject({
        kind: 'partition',
        targets: asTargets(targets),
        ...(from === undefined ? {} : { from }),
      }),
    slow: (targets, how) => injector.inject({ kind: 'slow', targets: asTargets(targets), ...how }),
    async setLimit(pidsMax, targets) {
      const outcome = await injector.inject({
        kind: 'set-limit',
        targets: targets ?? { role: 'front-end' },
        pidsMax,
      });
      if (targets === undefined && outcome.outcome !== 'skipped')
        limitsOfNew = [...limitsOfNew, { faultId: outcome.faultId, pidsMax }];
      return outcome;
    },
    async [Symbol.asyncDispose]() {
      if (cleanup.disposed) return;
      await cleanup.disposeAsync();
      await takeDown('the fleet', [
        () => injector[Symbol.asyncDispose](),
        () => runtimeFleet[Symbol.asyncDispose](),
      ]);
    },
  };
}

const asTargets = (targets: string | MemberTargets): MemberTargets =>
  typeof targets === 'string' ? [targets] : targets;
