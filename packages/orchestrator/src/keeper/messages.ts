/**
 * All that crosses between a shell verb and the keeper of its fleet. Over the channel to the process that was just
 * started: an order, and one word back. Over the socket, one JSON object a line: one request for a connection, lines of
 * progress, and one answer or refusal.
 */
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import type { DrillPlan } from '../drill/drill-layout.ts';
import type { DrillReport } from '../drill/drill-report.ts';

/** What a keeper is started with: the fleet that it is to hold. */
export interface KeeperOrder {
  readonly name: string;
  /** The folder that holds the folders of this user's fleets. */
  readonly fleetsFolder: string;
  /** Its first arm is brought up and gone through; then the fleet is held as it is. */
  readonly layout: RunLayout;
  /** The run's folder. */
  readonly folder: string;
  /** The keeper's own standard output and error. */
  readonly log: string;
  /** After so long it takes everything down. */
  readonly lifeMs: number;
  /** For a blind drill; null for a fleet that is only held. */
  readonly drill: DrillPlan | null;
}

/** The keeper's first and only word to whoever started it. */
export type KeeperWord = { readonly kind: 'listening' } | ({ readonly kind: 'refused' } & Refusal);

/** One request. What a verb takes is validated by the keeper, as a script's call would be. */
export type VerbRequest =
  /** Answered once the fleet is up and has gone through its phases; its account until then comes as progress. */
  | { readonly verb: 'await-up' }
  | { readonly verb: 'status' }
  | { readonly verb: 'grow'; readonly grow: Readonly<Record<string, unknown>> }
  | { readonly verb: 'shrink'; readonly which: unknown }
  | { readonly verb: 'restart'; readonly which: unknown }
  | { readonly verb: 'deploy'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly verb: 'set-limit'; readonly pidsMax: number; readonly which: unknown }
  | { readonly verb: 'kill' | 'pause'; readonly which: unknown }
  | { readonly verb: 'partition'; readonly which: unknown; readonly from: unknown }
  | { readonly verb: 'slow'; readonly which: unknown; readonly how: unknown }
  | { readonly verb: 'unpause'; readonly member: string }
  | { readonly verb: 'heal'; readonly fault: string }
  | { readonly verb: 'settle'; readonly until: string }
  /** Guesses the cause of a drill, or gives up without a guess. */
  | { readonly verb: 'reveal'; readonly guess: string | undefined }
  /** Takes everything down; answered when it is. */
  | { readonly verb: 'down' };

export type Verb = VerbRequest['verb'];

export type KeeperLine =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | ({ readonly kind: 'refused' } & Refusal);

/** Why something was not done. */
export interface Refusal {
  /** The error's name: a `SettingsError` is the user's own. */
  readonly name: string;
  readonly message: string;
  /** What the command that asked is to end with. */
  readonly exitCode: number;
}

/** What `down` answers. */
export interface DownAnswer {
  readonly name: string;
  readonly journal: string | null;
  /** What the drill came to that the fleet was in, unless it was told before. */
  readonly drill?: DrillReport;
}

/** A request line over this is none. */
export const REQUEST_BYTES_MAX = 64 * 1_024;
