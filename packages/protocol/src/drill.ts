/**
 * A blind drill as data: the causes that may be drawn, and what the journal keeps of one.
 */

/**
 * Why a drill's fleet is down.
 * - `threads`: it grew past the number of threads that its front-ends may have, as on the day;
 * - `memory`: its front-ends have little more memory than they use;
 * - `cpu`: its front-ends have a small share of the CPU;
 * - `partition`: nothing passes between front-ends and back-ends.
 */
export const DRILL_CAUSES = ['threads', 'memory', 'cpu', 'partition'] as const;
export type DrillCause = (typeof DRILL_CAUSES)[number];

/** What happened in a drill. */
export type DrillEvent =
  /** A cause was drawn. Its commitment is the SHA-256 of the sealed seed, a space and the cause, in hex. */
  | { readonly event: 'sealed'; readonly commitment: string; readonly among: readonly DrillCause[] }
  /** The first window of the load in which users were failed after that. */
  | { readonly event: 'alarm' }
  /** Something was done to the fleet, as it was typed. */
  | { readonly event: 'action'; readonly did: string }
  | { readonly event: 'guess'; readonly cause: DrillCause; readonly right: boolean }
  | { readonly event: 'revealed'; readonly cause: DrillCause; readonly sealedSeed: string };
