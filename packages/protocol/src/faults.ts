/**
 * Faults as data: what is done to whom, and what became of it. An experiment writes them, the fleet puts them into
 * force, the journal keeps them. A fault is credited only with evidence: what was read back after it was put into
 * force, and that its effect was seen.
 */
import type { Role } from './boot.ts';
import type { Cohort } from './load-stdio.ts';

/**
 * Members by a description: those that all given fields fit. Of those, `count` takes the newest.
 */
export interface MemberSelector {
  /** @default 'front-end' */
  readonly role?: Role | undefined;
  readonly cohort?: Cohort | undefined;
  /** @default all of them */
  readonly count?: number | undefined;
}

/** Whom something is done to: members by id, or by a description. */
export type MemberTargets = readonly string[] | MemberSelector;

/**
 * A fault holds for the members as they run when it is put into force. One that is started again meanwhile is no
 * longer paused, nor short of memory or CPU; where each member has a network of its own, it is no longer cut or slow.
 */
export type Fault =
  /** SIGKILL at once. What it had on disk stays; heal, or restart, starts it again on that. */
  | { readonly kind: 'kill'; readonly targets: MemberTargets }
  /** Every thread stands still, connections stay open and are answered by nobody. */
  | { readonly kind: 'pause'; readonly targets: MemberTargets }
  /**
   * Nothing passes between the targets and the others, in either direction: packets are dropped.
   * `from` defaults to every other member but the observer, which is what a run sees with. Where rules cannot be had and
   * the engine takes the targets out of the network instead, which it can only from everybody, the observer is cut off too.
   */
  | { readonly kind: 'partition'; readonly targets: MemberTargets; readonly from?: MemberTargets }
  /**
   * What passes between the targets and the others takes `delayMs` longer for each round trip, or is lost by a
   * chance of `lossPercent` for each packet, or both. `from` as for a partition.
   */
  | {
      readonly kind: 'slow';
      readonly targets: MemberTargets;
      readonly from?: MemberTargets;
      /** From 1 to 60,000. */
      readonly delayMs?: number;
      /** From 1 to 99. */
      readonly lossPercent?: number;
    }
  /** Sets `pids.max` of the running members, and of what they are started as again. */
  | { readonly kind: 'set-limit'; readonly targets: MemberTargets; readonly pidsMax: number }
  /**
   * Limits the memory of each to what it uses then and `roomBytes` more. What asks for more is slowed down while the
   * kernel looks for some, and killed when there is none.
   */
  | { readonly kind: 'limit-memory'; readonly targets: MemberTargets; readonly roomBytes: number }
  /** Gives each so many cores, from 0.01, all its threads together; it stands still for the rest of each period. */
  | { readonly kind: 'limit-cpu'; readonly targets: MemberTargets; readonly cores: number };

export type FaultKind = Fault['kind'];

/** One thing that was looked at, before the fault and with it in force. */
export interface FaultEvidence {
  /** The member, or both: `fe-01 → be-1`. */
  readonly of: string;
  /** What was looked at: `pids.max`, `the engine's state`, `answers to the observer`. */
  readonly reading: string;
  readonly before: string | number | null;
  readonly after: string | number | null;
  /** Whether it shows what was wanted; null when it could not be looked at. */
  readonly holds: boolean | null;
}

/**
 * - `installed`: in force, and shown by evidence;
 * - `healed`: lifted, and shown by evidence;
 * - `skipped`: nothing was done, or all of it was undone; the reason says why;
 * - `indeterminate`: it was tried, and the evidence does not show it.
 */
export type FaultVerdict = 'installed' | 'healed' | 'skipped' | 'indeterminate';

/** What became of putting a fault into force, or of lifting it. */
export interface FaultOutcome {
  /** Unique in its fleet: `kill-1`. */
  readonly faultId: string;
  readonly fault: Fault;
  readonly event: 'inject' | 'heal';
  /** The members that the fault's targets were when it was put into force. */
  readonly members: readonly string[];
  readonly outcome: FaultVerdict;
  readonly evidence: readonly FaultEvidence[];
  /** Why it was skipped or cannot be told; null otherwise. */
  readonly reason: string | null;
  /** By what it was done, and why by that, where there is more than one means. */
  readonly means?: string;
}
