/**
 * The members of a fleet: started, killed, stopped, started again, removed, each with its record in the journal and
 * with the observer and the load told. What is done to them as an experiment, and what it shows, is decided above.
 */
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import type { BootLine } from '@fleetfall/protocol/boot.ts';
import type { Cohort, Target } from '@fleetfall/protocol/load-stdio.ts';
import type { WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { Recorder } from '../method/recorder.ts';
import type { MemberSpec, RuntimeFleet, StartedMember } from '../runtime/runtime.ts';
import { HarnessError } from './attached.ts';
import { deathText } from './death-text.ts';
import { eachOf } from './each-of.ts';
import type { FleetView } from './fleet-view.ts';
import { bootOf, type FleetIdentity } from './members.ts';
import type { Targetable } from './targets.ts';

/** A member that has not come up by then will not. */
export const START_TIMEOUT_MS = 30_000;

/** A member of the fleet: its newest incarnation, running or not. */
export interface CrewMember extends Targetable {
  readonly member: StartedMember;
  readonly running: boolean;
}

export interface CrewOptions {
  readonly identity: FleetIdentity;
  readonly layout: FleetLayout;
  readonly runtimeFleet: RuntimeFleet;
  readonly concurrentStarts: number;
  readonly view: FleetView;
  readonly record: Recorder;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  /** Hears that a member ended by itself that nothing can be observed without. */
  readonly onBroken: (error: HarnessError) => void;
  /** Hears of every change of whom the observer is to watch. */
  readonly onWatched: (watched: readonly WatchedMember[]) => void;
  /** Hears of every change of where the load is to send to. */
  readonly onTargets: (targets: readonly Target[]) => void;
}

export interface Crew extends Disposable {
  /** All members, the oldest first. */
  all(): readonly CrewMember[];
  get(memberId: string): CrewMember | undefined;
  /** Starts members, a bounded number at once; what they then do is not waited for. */
  start(specs: readonly MemberSpec[], cohort: Cohort | null): Promise<void>;
  /** Waits until each has registered, or answers where there is nothing to register with. */
  comeUp(memberIds: readonly string[]): Promise<void>;
  /** Tells the load of the front-ends that there are. */
  tellTargets(): void;
  /** SIGKILL; it stays a member that is down. */
  kill(memberIds: readonly string[]): Promise<void>;
  /** Stops those that run, all at once, and starts each again on new cgroups and what it had on disk. */
  restart(memberIds: readonly string[]): Promise<void>;
  /** Stops front-ends and takes them out of the fleet. */
  remove(memberIds: readonly string[]): Promise<void>;
  /** What front-ends are started with from now on. */
  configure(changes: Partial<FrontEndSettings>): void;
  /** Sets `pids.max` of the running member, and of what it is started as again. */
  setLimit(memberId: string, pidsMax: number): Promise<void>;
}

interface Entry {
  spec: MemberSpec;
  member: StartedMember;
  running: boolean;
  readonly cohort: Cohort | null;
  /** Where it stands among all that ever were: members started at once come up in any order. */
  readonly rank: number;
}

export function createCrew(options: CrewOptions): Crew {
  let { layout } = options;
  const { runtimeFleet, view, record, signal, concurrentStarts } = options;
  const entries = new Map<string, Entry>();
  /** Members whose end is our doing. */
  const leaving = new Set<StartedMember>();
  const ranks = new Map<string, number>();
  let disposed = false;

  const ordered = (): Entry[] => [...entries.values()].toSorted((left, right) => left.rank - right.rank);
  const frontEnds = (): Entry[] => ordered().filter(({ spec }) => spec.role === 'front-end');

  function note(event: 'started' | 'removed' | 'died', { member, cohort }: Entry, detail?: string): void {
    const { memberId, role } = member.spec;
    const { incarnation } = member;
    const size = frontEnds().length;
    record({
      kind: 'member',
      event,
      memberId,
      role,
      cohort,
      incarnation,
      frontEnds: size,
      detail: detail ?? null,
    });
  }

  function tellWatched(): void {
    options.onWatched(
      ordered().flatMap(({ member }) => {
        const { memberId, role } = member.spec;
        const isWatched = role === 'front-end' || role === 'back-end' || role === 'metadata';
        return isWatched ? [{ memberId, role, ...member.endpoint }] : [];
      }),
    );
  }

  function tellTargets(): void {
    options.onTargets(
      frontEnds().flatMap(({ member, cohort }) =>
        cohort === null ? [] : [{ memberId: member.spec.memberId, cohort, ...member.endpoint }],
      ),
    );
  }

  async function launch(spec: MemberSpec, cohort: Cohort | null): Promise<void> {
    const { memberId, role } = spec;
    // What its last life said says nothing of this one.
    view.forget(memberId);
    const boot: BootLine = bootOf(options.identity, spec, runtimeFleet, layout);
    const member = await runtimeFleet.start(spec, boot, signal);
    const entry: Entry = { spec, member, cohort, running: true, rank: ranks.get(memberId) ?? 0 };
    entries.set(memberId, entry);
    void member.exited.then((exit) => {
      entry.running = false;
      if (leaving.delete(member) || disposed) return;
      const how = deathText(exit);
      note('died', entry, how);
      // A front-end that dies while it serves is part of what is observed; one that never came up, or any other
      // member, leaves nothing to observe.
      if (role === 'front-end' && isUp(memberId)) return;
      options.onBroken(new HarnessError(`${memberId} ended with ${how}`));
    });
    note('started', entry);
    tellWatched();
  }

  function isUp(memberId: string): boolean {
    const state = view.seen(memberId)?.state;
    return state !== undefined && (state.role !== 'front-end' || state.membership.version >= 0);
  }

  const entriesOf = (memberIds: readonly string[]): Entry[] =>
    memberIds.flatMap((memberId) => entries.get(memberId) ?? []);

  /** Ends what runs of them; their ends are then no news. */
  async function end(
    ended: readonly Entry[],
    concurrent: number,
    how: (entry: Entry) => Promise<unknown>,
  ): Promise<void> {
    await eachOf(ended, concurrent, async (entry) => {
      if (entry.running) leaving.add(entry.member);
      await how(entry);
      entry.running = false;
    });
  }

  async function comeUp(memberIds: readonly string[]): Promise<void> {
    await view.until(
      `${memberIds.join(', ')} to register`,
      () => memberIds.every(isUp),
      START_TIMEOUT_MS,
      signal,
    );
  }

  return {
    all: () => ordered().map(asCrewMember),
    get(memberId) {
      const entry = entries.get(memberId);
      return entry === undefined ? undefined : asCrewMember(entry);
    },
    async start(specs, cohort) {
      for (const { memberId } of specs) ranks.set(memberId, ranks.size + 1);
      await eachOf(specs, concurrentStarts, (spec) => launch(spec, cohort));
    },
    comeUp,
    tellTargets,
    async kill(memberIds) {
      const killed = entriesOf(memberIds).filter(({ running }) => running);
      await end(killed, killed.length, ({ member }) => member.kill());
      for (const entry of killed) {
        note('died', entry, 'killed on purpose');
        view.forget(entry.spec.memberId);
      }
    },
    async restart(memberIds) {
      const all = entriesOf(memberIds);
      // A stop costs next to nothing: all at once, so that the restart is one.
      await end(all, all.length, ({ member }) => member.stop());
      signal.throwIfAborted();
      await eachOf(all, concurrentStarts, ({ spec, cohort }) => launch(spec, cohort));
      await comeUp(memberIds);
      tellTargets();
    },
    async remove(memberIds) {
      const going = entriesOf(memberIds);
      for (const { spec } of going) {
        entries.delete(spec.memberId);
        view.forget(spec.memberId);
      }
      tellTargets();
      tellWatched();
      await end(going, concurrentStarts, async (entry) => {
        await entry.member.stop();
        await runtimeFleet.remove(entry.spec.memberId);
        note('removed', entry);
      });
    },
    configure(changes) {
      layout = { ...layout, frontEnd: { ...layout.frontEnd, ...changes } };
    },
    async setLimit(memberId, pidsMax) {
      const entry = entries.get(memberId);
      if (entry === undefined) return;
      await entry.member.setLimit(pidsMax);
      entry.spec = { ...entry.spec, pidsMax };
    },
    [Symbol.dispose]() {
      disposed = true;
    },
  };
}

function asCrewMember({ spec, member, cohort, running }: Entry): CrewMember {
  return { memberId: spec.memberId, role: spec.role, cohort, member, running };
}
