/**
 * All that an orchestrator tells its reaper, one JSON object a line on the reaper's standard input. Nothing comes
 * back: the end of the stream without a `dismiss` is the message that counts.
 */
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import type { Owner } from '../runtime/owner.ts';
import type { RuntimeName } from '../runtime/runtime.ts';

export type ReaperOrder =
  /** The first: whose things are to be removed when this stream ends. */
  | { readonly op: 'watch'; readonly owner: Owner; readonly runId: string }
  | ({ readonly op: 'note' } & ReaperNote)
  /** All is taken down, in order: there is nothing left to do. */
  | { readonly op: 'dismiss' };

/** What is known of a run only once it is under way. */
export interface ReaperNote {
  /** Where the run's things are: how long to look for more, and whether an engine that is away matters. */
  readonly runtime?: RuntimeName;
  /** In which the run's engine is found: by the time that matters another context may be in use. */
  readonly engine?: EngineEnvironment;
  /** The run's own folder: what was reaped is written there, beside the journal. */
  readonly folder?: string;
}
