/**
 * The journal's records as a page takes them: those of this version, and those that a newer one may add. A page is
 * better with a phase or a fault that it has never heard of than without the run.
 */
import type { ArmRecord, JournalRecord, Stamp } from '@fleetfall/journal/records.ts';

/** A fault that was injected or healed. */
export type LooseFaultRecord = Stamp & {
  readonly arm: string;
  readonly kind: 'fault';
  readonly faultId: string;
  readonly fault?: { readonly kind?: string };
  readonly event: string;
  readonly outcome?: unknown;
  readonly reason?: unknown;
};

type DistributedOmit<T> = T extends unknown ? Omit<T, 'arm'> : never;

/** A record of an arm that may not be of {@link JournalRecord}'s arms. */
export type LooseArmRecord = Stamp &
  ({ readonly arm: string } & (DistributedOmit<ArmRecord> | LooseFaultRecord));

/** Any record at all. */
export type LooseRecord = JournalRecord | LooseFaultRecord | (Stamp & { readonly kind: string });
