/**
 * Puts faults into force and lifts them. Each is tried, read back and seen, and only then credited; what became of
 * it is in the journal before anybody else hears of it. One at a time: evidence of one must not be the work of
 * another.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { Fault, FaultEvidence, FaultKind, FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { Recorder } from '../../method/recorder.ts';
import { NoMeansError } from '../../runtime/member-network.ts';
import { takeDown } from '../../runtime/take-down.ts';
import { pickSubjects } from '../targets.ts';
import { judgeEvidence } from './evidence.ts';
import type { FaultContext, FaultMaker, InstalledFault } from './fault-maker.ts';
import { kill } from './kill.ts';
import { limitCpu } from './limit-cpu.ts';
import { limitMemory } from './limit-memory.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { setLimit } from './set-limit.ts';
import { slow } from './slow.ts';

const MAKERS: { readonly [Kind in FaultKind]: FaultMaker<Kind> } = {
  kill,
  pause,
  partition,
  slow,
  'set-limit': setLimit,
  'limit-memory': limitMemory,
  'limit-cpu': limitCpu,
};

export interface InjectorOptions extends Omit<FaultContext, 'faultId'> {
  readonly record: Recorder;
}

export interface Injector extends AsyncDisposable {
  /** @throws SettingsError when the fault itself is wrong; the signal's reason when aborted. */
  inject(fault: Fault): Promise<FaultOutcome>;
  /** @throws SettingsError when no fault of that id is in force. */
  heal(faultId: string | 'all'): Promise<readonly FaultOutcome[]>;
  inForce(): readonly FaultOutcome[];
}

interface InForce {
  readonly outcome: FaultOutcome;
  readonly installed: InstalledFault;
  readonly wayBack: AsyncDisposableStack;
}

export function createInjector({ record, ...context }: InjectorOptions): Injector {
  const { crew, signal } = context;
  const inForce = new Map<string, InForce>();
  const counts = new Map<FaultKind, number>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after another, whatever became of the one before. */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  }

  function tell(outcome: FaultOutcome): FaultOutcome {
    record({ kind: 'fault', ...outcome });
    return outcome;
  }

  async function inject(fault: Fault): Promise<FaultOutcome> {
    signal.throwIfAborted();
    const members = pickSubjects(fault.targets, crew.all(), fault.kind);
    const number = (counts.get(fault.kind) ?? 0) + 1;
    counts.set(fault.kind, number);
    const faultId = `${fault.kind}-${number}`;
    const base = { faultId, fault, event: 'inject', members } as const;
    const skipped = (reason: string): FaultOutcome =>
      tell({ ...base, outcome: 'skipped', evidence: [], reason });
    if (members.length === 0) return skipped('no member fits the description of its targets');

    const wayBack = new AsyncDisposableStack();
    try {
      const installed = await install(fault, members, wayBack, { ...context, faultId });
      const evidence = [...(await installed.readBack(true)), ...(await installed.seeEffect(true))];
      const { means } = installed;
      const by = means === undefined ? {} : { means };
      const outcome = { ...base, ...by, evidence, ...judgeEvidence(evidence, 'installed') };
      inForce.set(faultId, { outcome, installed, wayBack });
      return tell(outcome);
    } catch (error) {
      await wayBack.disposeAsync();
      if (error instanceof NoMeansError) return skipped(error.message);
      throw error;
    }
  }

  async function heal({ outcome, installed, wayBack }: InForce): Promise<FaultOutcome> {
    const { faultId, fault, members } = outcome;
    inForce.delete(faultId);
    await wayBack.disposeAsync();
    const evidence: FaultEvidence[] = [...(await installed.readBack(false))];
    evidence.push(...(await installed.seeEffect(false)));
    const base = { faultId, fault, members, event: 'heal', evidence } as const;
    if (evidence.length > 0) return tell({ ...base, ...judgeEvidence(evidence, 'healed') });
    const reason = 'its members have ended or were started again: nothing of it was left';
    return tell({ ...base, outcome: 'skipped', reason });
  }

  /** At the end of a fleet nobody is left to see effects: what was done to the host is undone and read back. */
  async function liftForGood({ outcome, installed, wayBack }: InForce): Promise<void> {
    const { faultId, fault, members } = outcome;
    if (MAKERS[fault.kind].endsWithFleet) return;
    await wayBack.disposeAsync();
    const evidence = await installed.readBack(false);
    const verdict = judgeEvidence(evidence, 'healed');
    tell({ faultId, fault, members, event: 'heal', evidence, ...verdict });
  }

  return {
    inject: (fault) => inTurn(() => inject(fault)),
    heal: (faultId) =>
      inTurn(async () => {
        const found = faultId === 'all' ? [...inForce.values()].toReversed() : [inForce.get(faultId)];
        const outcomes: FaultOutcome[] = [];
        for (const each of found) {
          if (each === undefined) throw unknownFault(faultId, [...inForce.keys()]);
          signal.throwIfAborted();
          outcomes.push(await heal(each));
        }
        return outcomes;
      }),
    inForce: () => [...inForce.values()].map(({ outcome }) => outcome),
    [Symbol.asyncDispose]: () =>
      inTurn(async () => {
        const left = [...inForce.values()].toReversed();
        inForce.clear();
        await takeDown(
          'the faults in force',
          left.map((each) => () => liftForGood(each)),
        );
      }),
  };
}

function install(
  fault: Fault,
  memberIds: readonly string[],
  wayBack: AsyncDisposableStack,
  context: FaultContext,
): Promise<InstalledFault> {
  const members = memberIds.flatMap((id) => context.crew.get(id) ?? []);
  // The table has a maker of its own kind for each: the compiler cannot follow that through a union.
  const maker = MAKERS[fault.kind] as FaultMaker<FaultKind>;
  return maker.install(fault, members, wayBack, context);
}

function unknownFault(faultId: string, known: readonly string[]): SettingsError {
  const those = known.length === 0 ? 'there is none in force' : `those in force are ${known.join(', ')}`;
  return new SettingsError(`heal: there is no fault '${faultId}': ${those}`);
}
