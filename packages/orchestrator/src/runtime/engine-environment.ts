/**
 * What of a process's environment says which engine is meant, besides DOCKER_HOST and its companions, which dockerode
 * reads by itself. It is handed on to every process that has to find the same engine: keeper, reaper, prune.
 */

/** Where the docker CLI keeps its settings, and the context that goes before the one that is set there. */
export interface EngineEnvironment {
  readonly DOCKER_CONFIG?: string | undefined;
  readonly DOCKER_CONTEXT?: string | undefined;
}
