/**
 * An arm's fleet as its journal has told it so far, one record after another: when it was up, since when it is under
 * load, what its front-ends last said. A condition that is asked late goes on from here, so that it need not have heard
 * what came before.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';

export class ArmSoFar {
  readonly #arm: Arm;
  #upMs: number | undefined;
  #loadBeganMs: number | undefined;
  #frontEnds = 0;
  #isUndisturbed = true;
  readonly #states = new Map<string, FrontEndState>();
  readonly #refusals = new Map<string, number>();

  constructor(arm: Arm) {
    this.#arm = arm;
  }

  /** Another that begins where this one stands. */
  fork(): ArmSoFar {
    const fork = new ArmSoFar(this.#arm);
    fork.#upMs = this.#upMs;
    fork.#loadBeganMs = this.#loadBeganMs;
    fork.#frontEnds = this.#frontEnds;
    fork.#isUndisturbed = this.#isUndisturbed;
    for (const [memberId, state] of this.#states) fork.#states.set(memberId, state);
    for (const [incarnation, count] of this.#refusals) fork.#refusals.set(incarnation, count);
    return fork;
  }

  /** Takes the next record of the journal in. @returns whether it is of this arm. */
  heed(record: JournalRecord): boolean {
    if (!('arm' in record) || record.arm !== this.#arm) return false;
    if (record.kind === 'phase' && record.phase === 'start' && record.event === 'end')
      this.#upMs ??= record.monoMs;
    else if (record.kind === 'load') this.#heedLoad(record);
    else if (record.kind === 'fault' || record.kind === 'drill') this.#isUndisturbed = false;
    else if (record.kind === 'member') this.#heedMember(record);
    const state = frontEndState(record);
    if (state !== undefined) {
      this.#states.set(state.memberId, state);
      if (state.kernel !== null)
        this.#refusals.set(`${state.memberId} ${state.incarnation}`, state.kernel.limitHits);
    }
    return true;
  }

  #heedMember({ role, event, memberId, frontEnds }: Extract<JournalRecord, { kind: 'member' }>): void {
    if (role === 'front-end') this.#frontEnds = frontEnds;
    if (event === 'died' || (role !== 'front-end' && this.#upMs !== undefined)) this.#isUndisturbed = false;
    if (event !== 'started') this.#states.delete(memberId);
  }

  #heedLoad({ record, monoMs }: Extract<JournalRecord, { kind: 'load' }>): void {
    if (record.kind === 'load') this.#loadBeganMs ??= monoMs - record.windowMs;
    else if (record.kind === 'stopped') this.#loadBeganMs = undefined;
  }

  /** Monotonic; undefined while no load runs. */
  get loadBeganMs(): number | undefined {
    return this.#loadBeganMs;
  }

  /** When the fleet was up: its phase `start` had ended, or load had begun. Monotonic; undefined before. */
  get upMs(): number | undefined {
    return this.#upMs ?? this.#loadBeganMs;
  }

  /** Front-ends that run. */
  get frontEnds(): number {
    return this.#frontEnds;
  }

  /**
   * Whether front-ends came and went by the fleet's own hand and nothing else did: no fault was asked for, nobody died. Of
   * a drill it is never said: that would tell its cause.
   */
  get isUndisturbed(): boolean {
    return this.#isUndisturbed;
  }

  /** What each front-end that runs said last. */
  get states(): readonly FrontEndState[] {
    return [...this.#states.values()];
  }

  /** Threads that the kernel refused front-ends, over all incarnations: each has a counter of its own. */
  get refusals(): number {
    return [...this.#refusals.values()].reduce((sum, each) => sum + each, 0);
  }
}

/** What a front-end says of itself in a record; undefined for any other. */
export function frontEndState(record: JournalRecord): FrontEndState | undefined {
  if (record.kind !== 'observer' || record.record.kind !== 'sample') return undefined;
  const { state } = record.record;
  return state.role === 'front-end' ? state : undefined;
}
