/**
 * What a runtime is: it starts the members of one fleet, each under a `pids.max` of its own, and ends them. It
 * knows nothing of what they do. Three implementations, one folder each: `docker`, `compose` and `cgroup`.
 *
 * Everything started is registered for teardown before it is made, carries the run's owner (see `owner.ts`), and
 * is gone after the fleet's disposal, whatever state it was in.
 */
import type { HostFacts } from '@fleetfall/journal/records.ts';
import type { BootLine, Role } from '@fleetfall/protocol/boot.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import { UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import type { MemberNetwork } from './member-network.ts';
import type { ResourceName, ResourceReading } from './resources.ts';

export type { RuntimeName };

/** Port on which every member that listens does so, each at an address of its own. */
export const MEMBER_PORT = 7400;

/** What a member is started from. */
export interface MemberSpec {
  /** Unique in the fleet, `[a-z0-9-]`, at most 40 characters. */
  readonly memberId: string;
  readonly role: Role;
  /** `pids.max`; null for the runtime's default of {@link UNLIMITED_TASKS}. */
  readonly pidsMax: number | null;
  /** Threads of its libuv pool. @default {@link UV_THREADS_OTHERWISE} */
  readonly uvThreads?: number;
  /** Whether the member has a folder that outlives a kill (`/data`). */
  readonly durable: boolean;
}

/** What sets the size of a member's libuv pool, which must not depend on the host: it is a part of its base of tasks. */
export function uvPoolSize({ uvThreads }: MemberSpec): { readonly UV_THREADPOOL_SIZE: string } {
  return { UV_THREADPOOL_SIZE: String(uvThreads ?? UV_THREADS_OTHERWISE) };
}

/**
 * By how much those that measure the fleet, load and observer, stand before it at the processor: as machines of their
 * own would. A load that waits for a processor behind the servers it calls measures the wait. Null for all others.
 */
export function precedenceOf({
  role,
}: MemberSpec): { readonly niceness: number; readonly cpuShares: number } | null {
  return role === 'load' || role === 'observer' ? PRECEDENCE : null;
}

/**
 * The kernel gives a process of this niceness 9,548 parts where others get 1,024. The same in shares on cgroups v1; of
 * which engines on cgroups v2 make a weight 3.6 or 6 times that of others.
 */
const PRECEDENCE = { niceness: -10, cpuShares: 9_548 };

/** A finite limit for members whose threads are not the experiment. */
export const UNLIMITED_TASKS = 256;

/** What a runtime tells the boot line's author about a member before it is started. */
export interface MemberPlace {
  /** For the boot line's `listen.host`. */
  readonly listenHost: string | 'own';
  /** How other members of the fleet name it before its address is known. */
  readonly reachableAs: string;
  /** For the boot line's `dataDir`; where a durable member keeps its data. */
  readonly dataDir: string;
}

/** How a member's process ended. */
export interface MemberExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its standard error, at most 20. */
  readonly lastWords: string;
}

/** `settling`: some of its threads stand still by now, others not yet. */
export type MemberRunState = 'running' | 'settling' | 'paused' | 'ended';

/** A running incarnation of a member. */
export interface StartedMember {
  readonly spec: MemberSpec;
  /** Starts of this member so far, from 1. Each has a cgroup, and counters, of its own. */
  readonly incarnation: number;
  /** Where the other members of the fleet reach it; nothing says that the host does. */
  readonly endpoint: Endpoint;
  /** Standard output, line by line; ends with the process. One reader. */
  readonly lines: AsyncIterable<string>;
  /** Writes one line to standard input. */
  send(line: string): void;
  /** Resolves when the process ended, for whatever reason. Never rejects. */
  readonly exited: Promise<MemberExit>;
  /**
   * The member's kernel counters as the host sees them, and whether an ancestor stands at its limit.
   * @returns null where the host's cgroup files are not there to be read.
   */
  witness(): { readonly kernel: KernelCounters; readonly ancestorAtLimit: boolean } | null;
  /** SIGTERM, SIGKILL after a grace of 2 s; resolves when it is gone. Idempotent. */
  stop(): Promise<MemberExit>;
  /** SIGKILL at once; resolves when it is gone. Its data stay. */
  kill(): Promise<MemberExit>;
  /** Sets `pids.max` of the running member. */
  setLimit(pidsMax: number): Promise<void>;
  /** What of it can be limited here, and seen to be. */
  readonly limitable: readonly ResourceName[];
  /**
   * Limits the memory of the running member; what it is started as again is free of it.
   * @param limitBytes null for none.
   * @throws NoMeansError where nothing can; EBUSY or the engine's word for it when more is in use than can be taken back.
   */
  limitMemory(limitBytes: number | null): Promise<void>;
  /** As {@link StartedMember.limitMemory}, its share of the CPU. @param cores null for no quota. */
  limitCpu(cores: number | null): Promise<void>;
  /**
   * The kernel's counters of its memory and CPU.
   * @returns null where the host's cgroup files are not there to be read.
   */
  resources(): ResourceReading | null;
  /** Makes every thread of it stand still: by the freezer, by the engine, or by SIGSTOP. Idempotent. */
  pause(): Promise<void>;
  /** Lets it go on. Idempotent, and for a member that has ended too. */
  resume(): Promise<void>;
  /** What the kernel or the engine says of it now: `running`, `paused`, `ended`, or on the way between. */
  readState(): Promise<MemberRunState>;
}

/** One fleet: members that reach one another, and none else. */
export interface RuntimeFleet extends AsyncDisposable {
  /** The network between its members. What is done to it is undone by the fleet's disposal. */
  readonly network: MemberNetwork;
  place(spec: MemberSpec): MemberPlace;
  /**
   * Starts a member and hands it its boot line. Called again with the id of a member that has ended, it starts
   * the next incarnation on the same data.
   * @throws StartError when it cannot be started or ends before `signal` or the deadline.
   */
  start(spec: MemberSpec, boot: BootLine, signal: AbortSignal): Promise<StartedMember>;
  /** Ends the member for good and removes what it left but for the run's own folder. Idempotent. */
  remove(memberId: string): Promise<void>;
}

/** A runtime that is ready to start fleets. */
export interface Runtime extends AsyncDisposable {
  readonly name: RuntimeName;
  /** One line for people: what it is, and why it was taken. */
  readonly reason: string;
  readonly host: HostFacts;
  /** In which its engine is found again by whoever cleans up after it; undefined without an engine. */
  readonly engine?: EngineEnvironment;
  /** How many starts are worth having under way at once. */
  readonly concurrentStarts: number;
  /**
   * @param name tells the fleets of one run apart, `[a-z0-9-]`.
   */
  createFleet(runId: string, name: string): Promise<RuntimeFleet>;
}

/** What `prune` found and did. */
export interface Leftover {
  /** `keeper` for what is left of a fleet that a shell held. */
  readonly runtime: RuntimeName | 'keeper';
  readonly kind: 'container' | 'network' | 'volume' | 'image' | 'cgroup' | 'folder' | 'nftables';
  readonly name: string;
  /** Whether it is proven to be of a dead run. */
  readonly dead: boolean;
  /** Why it is still there; null when it was removed, or would be but was only checked for. */
  readonly keptBecause: string | null;
}

/** A member could not be started. The message says which, why, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The runtime itself is not there or has gone: no engine, no right to make cgroups, an engine that died. */
export class RuntimeUnavailableError extends Error {
  override readonly name = 'RuntimeUnavailableError';
}
