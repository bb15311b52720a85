/**
 * Takes the runtime that a run asked for, or the best that this host has: Docker when its engine answers, else
 * cgroups; compose only where it is asked for. Each says why it was taken, since a verdict rests on where it was
 * measured.
 */
import type { Kit } from '../kit/kit.ts';
import { takeKit } from '../kit/take-kit.ts';
import { openCgroupRuntime } from './cgroup/cgroup-runtime.ts';
import { openComposeRuntime } from './compose/compose-runtime.ts';
import { findEngine } from './docker/connect.ts';
import { askEngine, type DockerRuntimeOptions, openDockerRuntime } from './docker/docker-runtime.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import { type Runtime, type RuntimeName, RuntimeUnavailableError } from './runtime.ts';

export interface RuntimeChoice {
  readonly wanted: 'auto' | RuntimeName;
  /** What members are made of. @default the kit of this fleetfall */
  readonly kit?: Kit;
  /** Hears, in words for people, of what takes long. */
  readonly onProgress: (message: string) => void;
  /** In which the engine is looked for. */
  readonly environment: EngineEnvironment;
  readonly signal: AbortSignal;
}

/**
 * Opens a runtime. The caller disposes it.
 * @throws RuntimeUnavailableError when the wanted one is not to be had, or, with `auto`, none is; the signal's
 * reason when aborted.
 */
export async function chooseRuntime(choice: RuntimeChoice): Promise<Runtime> {
  const { wanted, onProgress, signal } = choice;
  signal.throwIfAborted();
  const kit = choice.kit ?? (await takeKit());
  signal.throwIfAborted();
  if (wanted === 'cgroup') return because(await openCgroupRuntime(kit), 'asked for');
  if (wanted === 'docker') return because(await openOnEngine(openDockerRuntime), 'asked for');
  if (wanted === 'compose') return because(await openOnEngine(openComposeRuntime), 'asked for');
  try {
    return because(await openOnEngine(openDockerRuntime), 'auto: an engine answers');
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    return because(await withoutEngine(error), `auto: ${error.message}`);
  }

  async function openOnEngine(open: (options: DockerRuntimeOptions) => Promise<Runtime>): Promise<Runtime> {
    const engine = await findEngine(choice.environment);
    await askEngine(engine);
    signal.throwIfAborted();
    return open({ engine, kit, onProgress, signal });
  }

  async function withoutEngine(engineError: RuntimeUnavailableError): Promise<Runtime> {
    try {
      return await openCgroupRuntime(kit);
    } catch (error) {
      if (!(error instanceof RuntimeUnavailableError)) throw error;
      throw new RuntimeUnavailableError(
        `There is no runtime here. ${engineError.message}. ${error.message}`,
        {
          cause: error,
        },
      );
    }
  }
}

function because(runtime: Runtime, why: string): Runtime {
  return { ...runtime, reason: `${runtime.reason} (${why})` };
}
