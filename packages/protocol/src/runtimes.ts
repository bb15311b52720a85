/**
 * The runtimes by name, as experiments, flags and journals tell them. What each of them is, the orchestrator knows.
 */
export const RUNTIME_NAMES = ['docker', 'compose', 'cgroup'] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];
