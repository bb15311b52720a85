/**
 * The members of one fleet by id: which incarnation is the newest, what is starting, and that nothing starts any
 * more once the fleet is being taken down. How a member is started is the runtime's affair.
 */
import { bootTasks, UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import { type MemberSpec, StartError, type StartedMember, UNLIMITED_TASKS } from './runtime.ts';

const MEMBER_ID = /^[a-z0-9-]{1,40}$/;

/** Starts one incarnation. What it made is gone again when it rejects. */
type Begin<Member> = (incarnation: number, signal: AbortSignal) => Promise<Member>;

export interface Roster<Member extends StartedMember> {
  /**
   * Starts the next incarnation of a member.
   * @throws StartError when its id or limit will not do, when it runs or is starting, or when the fleet is closed.
   */
  admit(spec: MemberSpec, signal: AbortSignal, begin: Begin<Member>): Promise<Member>;
  /** The newest incarnation, running or ended. */
  latest(memberId: string): Member | undefined;
  /** The newest incarnations of all. */
  all(): readonly Member[];
  /** Lets go of a member that was removed; its incarnations go on counting where they were. */
  forget(memberId: string): void;
  /** Aborts every start under way and resolves when none is; further ones are refused. Idempotent. */
  close(): Promise<void>;
}

export function createRoster<Member extends StartedMember>(): Roster<Member> {
  const members = new Map<string, Member>();
  const incarnations = new Map<string, number>();
  const running = new Set<string>();
  const starting = new Map<string, Promise<Member>>();
  const closing = new AbortController();

  function assertStartable({ memberId, pidsMax, uvThreads }: MemberSpec): void {
    const cannot = `Cannot start '${memberId}'`;
    if (closing.signal.aborted) throw new StartError(`${cannot}: its fleet is being taken down`);
    if (!MEMBER_ID.test(memberId)) throw new StartError(`${cannot}: its id must match ${MEMBER_ID}`);
    if (running.has(memberId) || starting.has(memberId)) throw new StartError(`${cannot}: it runs already`);
    const limit = pidsMax ?? UNLIMITED_TASKS;
    const least = bootTasks(uvThreads ?? UV_THREADS_OTHERWISE);
    // Below that Node does not fail, it hangs for ever without a word: measured for limits from 2 to 5.
    if (!Number.isInteger(limit) || limit < least) {
      throw new StartError(
        `${cannot}: pidsMax must be a whole number from ${least}, the tasks of Node itself: current value is ${limit}`,
      );
    }
  }

  return {
    async admit(spec, signal, begin) {
      signal.throwIfAborted();
      assertStartable(spec);
      const { memberId } = spec;
      const incarnation = (incarnations.get(memberId) ?? 0) + 1;
      incarnations.set(memberId, incarnation);
      const beginning = begin(incarnation, AbortSignal.any([signal, closing.signal]));
      starting.set(memberId, beginning);
      try {
        const member = await beginning;
        members.set(memberId, member);
        running.add(memberId);
        void member.exited.then(() => running.delete(memberId));
        return member;
      } finally {
        starting.delete(memberId);
      }
    },
    latest: (memberId) => members.get(memberId),
    all: () => [...members.values()],
    forget: (memberId) => void members.delete(memberId),
    async close() {
      closing.abort(new StartError('the fleet is being taken down'));
      // Whoever asked for these starts hears how they ended; here it only matters that they have.
      await Promise.allSettled(starting.values());
    },
  };
}
