/**
 * What crosses the observer's standard streams, one JSON object a line: commands in, records out. The whole list
 * of members is sent each time it changes, so that no order of messages can leave a difference.
 */
import type { MemberState } from './member-state.ts';
import type { Endpoint } from './membership.ts';

/** A member to watch. */
export interface WatchedMember extends Endpoint {
  readonly memberId: string;
  readonly role: 'front-end' | 'back-end' | 'metadata';
}

export type ObserverCommand =
  | { readonly op: 'watch'; readonly members: readonly WatchedMember[] }
  | { readonly op: 'stop' };

export type ObserverRecord =
  | { readonly kind: 'ready' }
  /** A member's whole state. `tookMs`: how long it took to answer. */
  | {
      readonly kind: 'sample';
      readonly sampledAtMs: number;
      readonly tookMs: number;
      readonly state: MemberState;
    }
  /** A member that did not answer within the sample's time-out. */
  | {
      readonly kind: 'unanswered';
      readonly sampledAtMs: number;
      readonly memberId: string;
      readonly reason: string;
    }
  /**
   * How often the members were read, once a second: the longest that one of them went between two samples, whose it
   * was, and how many went for more than half a second. A gap that goes on counts as far as it has come.
   */
  | {
      readonly kind: 'cadence';
      readonly measuredAtMs: number;
      /** Members that have been read. */
      readonly members: number;
      readonly late: number;
      readonly longestGapMs: number;
      readonly longestGapOf: string;
    }
  /** What a member's health check answered, as a balancer would ask it. */
  | {
      readonly kind: 'health';
      readonly sampledAtMs: number;
      readonly memberId: string;
      readonly alive: boolean;
      readonly ready: boolean;
    }
  /** A direct append to a back-end past every front-end, to a shard that it owns. */
  | {
      readonly kind: 'probe';
      readonly probedAtMs: number;
      readonly memberId: string;
      readonly ok: boolean;
      readonly tookMs: number;
      readonly reason: string | null;
    };
