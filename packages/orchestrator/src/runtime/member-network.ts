/**
 * What can be done to the network between members of a fleet, and how it is looked at. Two members are always told
 * apart by their addresses; nothing is done inside of a member, and nothing that others on the host use is touched.
 */

/** This host, engine or kernel has no means for what was asked. The message says what is missing. */
export class NoMeansError extends Error {
  override readonly name = 'NoMeansError';
}

/** Something done to the network, as the kernel has it. */
export interface NetworkRules {
  /** By what it is done and, where that is not the first choice, why. */
  readonly means: string;
  /** What the kernel says of the rules now; null when they are gone. */
  read(): Promise<RuleCounts | null>;
  /** Idempotent. */
  remove(): Promise<void>;
}

export interface RuleCounts {
  readonly rules: number;
  /** Packets that were dropped or delayed, or connections that were turned to where they are delayed. */
  readonly hits: number;
}

/** From one member to another: how an answer to a small request came, or did not. */
export interface Reach {
  readonly from: string;
  readonly to: string;
  /** Median round trip over an open connection; null when no try was answered. */
  readonly roundTripMs: number | null;
  /** How tries without an answer failed: `timeout`, `ECONNREFUSED`; null when all were answered. */
  readonly failure: string | null;
}

export interface MemberNetwork {
  /**
   * Drops a share of what passes between each of `left` and each of `right`, both ways.
   * @param name unique in the fleet, `[a-z0-9-]`.
   * @param share above 0, at most 1.
   * @throws NoMeansError when nothing was done because nothing can be.
   */
  drop(name: string, left: readonly string[], right: readonly string[], share: number): Promise<NetworkRules>;
  /**
   * Adds to each round trip between each of `left` and each of `right`. Connections there are may be cut, and are
   * delayed once they are made again.
   * @throws NoMeansError when nothing was done because nothing can be.
   */
  delay(
    name: string,
    left: readonly string[],
    right: readonly string[],
    delayMs: number,
  ): Promise<NetworkRules>;
  /**
   * Takes a member out of the network altogether: nobody reaches it, the observer neither.
   * @throws NoMeansError when nothing was done because nothing can be.
   */
  takeOut(memberId: string): Promise<void>;
  /** Undoes {@link takeOut}; one that is in, or gone for good, is left alone. */
  bringBack(memberId: string): Promise<void>;
  /** The address that a member has in the network, by whoever gives them; null while it is out. */
  addressOf(memberId: string): Promise<string | null>;
  /** @throws NoMeansError when nothing can be done to the network of a member. */
  assertMeans(memberId: string): Promise<void>;
  /**
   * Asks from where one member is whether others answer, so many times.
   * @throws NoMeansError when nobody can ask from there.
   */
  reach(from: string, to: readonly string[], tries: number): Promise<readonly Reach[]>;
}
