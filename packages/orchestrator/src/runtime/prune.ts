/**
 * Removes what dead runs of this host left behind, whichever runtime they ran on. What belongs to a living run, or
 * to one that cannot be told from a living one, is left alone.
 */
import { pruneCgroups } from './cgroup/prune-cgroup.ts';
import { findEngine } from './docker/connect.ts';
import { askEngine } from './docker/docker-runtime.ts';
import { pruneDocker } from './docker/prune-docker.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import { pruneNetwork } from './network/prune-network.ts';
import type { Owner } from './owner.ts';
import { type Leftover, RuntimeUnavailableError } from './runtime.ts';

export interface PruneOptions {
  /** Removes nothing; `keptBecause: null` then means that it would be removed. */
  readonly check: boolean;
  /** In which the engine is looked for. */
  readonly environment: EngineEnvironment;
  /** Looks only at what is of this owner. @default every owner */
  readonly owner?: Owner;
  /** Hears why no engine was looked at. */
  readonly onEngineAbsent?: (why: string) => void;
}

/**
 * Looks at everything, and says what became of it; what could not be removed is told with its reason.
 * @throws what an engine that answers says when it cannot list.
 */
export async function prune(options: PruneOptions): Promise<Leftover[]> {
  const { check, owner } = options;
  const cgroups = await pruneCgroups(check, owner);
  return [...(await pruneEngine(options)), ...cgroups, ...(await pruneNetwork(check, owner))];
}

async function pruneEngine({ check, owner, environment, onEngineAbsent }: PruneOptions): Promise<Leftover[]> {
  try {
    const engine = await findEngine(environment);
    await askEngine(engine);
    return await pruneDocker(engine.docker, check, owner);
  } catch (error) {
    // Without an engine nothing of it can be in use or removed; the rest of the host is looked at all the same.
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    onEngineAbsent?.(error.message);
    return [];
  }
}
