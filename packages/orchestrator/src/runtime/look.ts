/**
 * Which runtimes there are, looked at without opening one: nothing is built, made or started. `choose.ts` decides
 * the same way when a run begins.
 */
import { pidsHierarchy } from './cgroup/pids-tree.ts';
import { composeReason } from './compose/compose-runtime.ts';
import { findCompose } from './compose/compose-tool.ts';
import { findEngine } from './docker/connect.ts';
import { askEngine } from './docker/docker-runtime.ts';
import { type EngineFacts, engineFacts } from './docker/engine-facts.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import { type RuntimeName, RuntimeUnavailableError } from './runtime.ts';

/** An engine as it answered, or why there is none. */
export type EngineLook =
  | { readonly facts: EngineFacts; readonly why: null }
  | { readonly facts: null; readonly why: string };

/** @param environment in which the engine is looked for. */
export async function lookAtEngine(environment: EngineEnvironment): Promise<EngineLook> {
  try {
    const engine = await findEngine(environment);
    await askEngine(engine);
    return { facts: await engineFacts(engine), why: null };
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    return { facts: null, why: error.message };
  }
}

export interface RuntimeLook {
  readonly name: RuntimeName;
  readonly reason: string;
  /** The engine; null on cgroups. */
  readonly engine: EngineFacts | null;
}

/** @throws RuntimeUnavailableError when the wanted runtime, or with `auto` any, is not there. */
export async function lookForRuntime(
  wanted: 'auto' | RuntimeName,
  environment: EngineEnvironment,
): Promise<RuntimeLook> {
  if (wanted !== 'cgroup') {
    const { facts, why } = await lookAtEngine(environment);
    if (facts !== null && wanted === 'compose') {
      const reason = composeReason(await findCompose(), facts.version, facts.from);
      return { name: 'compose', reason, engine: facts };
    }
    if (facts !== null) {
      const reason = `Docker ${facts.version} answers at ${facts.from}`;
      return { name: 'docker', reason, engine: facts };
    }
    if (wanted !== 'auto') throw new RuntimeUnavailableError(why);
  }
  const hierarchy = pidsHierarchy();
  if (hierarchy === null) {
    throw new RuntimeUnavailableError(
      'There is no runtime here: no engine answers, and this host has no pids controller',
    );
  }
  return { name: 'cgroup', reason: `cgroups v${hierarchy.version}`, engine: null };
}
