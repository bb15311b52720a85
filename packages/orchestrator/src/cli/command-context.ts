/**
 * What every command is given of the process, and nothing more: commands never reach for it themselves.
 */
import type { EngineEnvironment } from '../runtime/engine-environment.ts';

/** What a command needs of the process. */
export interface CommandContext {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly version: string;
  /** The environment: to find the container engine in, and credentials. What else a command is told comes by flags. */
  readonly environment: EngineEnvironment & Readonly<Record<string, string | undefined>>;
  /** Where this user's named fleets are found. */
  readonly fleetsFolder: string;
  /** Aborted, with a {@link SignalledError}, when the process is asked to end. */
  readonly signal: AbortSignal;
}
