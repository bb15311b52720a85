/**
 * Samples one member: its whole state at an interval, and, of a front-end, what a balancer's health check would
 * hear. All of it over HTTP, by routes that need no thread of the member: watching must not disturb what is
 * watched, and starting a process inside a member would.
 */
import { HEALTH_PATH, type MemberState, READY_PATH, TOTALS_PATH } from '@fleetfall/protocol/member-state.ts';
import type { ObserverRecord, WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import type { Asker } from './ask.ts';
import { everyInterval } from './cadence.ts';

const STATE_TIMEOUT_MS = 1_000;
const HEALTH_INTERVAL_MS = 1_000;
const HEALTH_TIMEOUT_MS = 1_000;

type Tell = (record: ObserverRecord) => void;

/** Reads the member's state every `intervalMs`; tells a `sample`, or `unanswered` with the reason. */
export function sampleState(member: WatchedMember, asker: Asker, intervalMs: number, tell: Tell): Disposable {
  const { memberId } = member;
  return everyInterval(intervalMs, async () => {
    const sampledAtMs = Date.now();
    const answer = await asker.ask(member, TOTALS_PATH, STATE_TIMEOUT_MS);
    if (answer.kind === 'unanswered') {
      tell({ kind: 'unanswered', sampledAtMs, memberId, reason: answer.reason });
      return;
    }
    const state = answer.status === 200 ? stateOf(answer.body, member) : undefined;
    if (state !== undefined) tell({ kind: 'sample', sampledAtMs, tookMs: answer.tookMs, state });
    else {
      const reason = answer.status === 200 ? 'bad-answer' : `status ${answer.status}`;
      tell({ kind: 'unanswered', sampledAtMs, memberId, reason });
    }
  });
}

/** Asks the member's health checks every second; tells `health`. No answer is a no. */
export function sampleHealth(member: WatchedMember, asker: Asker, tell: Tell): Disposable {
  const says = async (path: string): Promise<boolean> => {
    const answer = await asker.ask(member, path, HEALTH_TIMEOUT_MS);
    return answer.kind === 'answered' && answer.status === 200;
  };
  return everyInterval(HEALTH_INTERVAL_MS, async () => {
    const sampledAtMs = Date.now();
    const [alive, ready] = await Promise.all([says(HEALTH_PATH), says(READY_PATH)]);
    tell({ kind: 'health', sampledAtMs, memberId: member.memberId, alive, ready });
  });
}

/** The state in an answer; undefined when it is no state, or another member's: addresses are given out anew. */
function stateOf(body: string, { memberId, role }: WatchedMember): MemberState | undefined {
  let state: unknown;
  try {
    state = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof state !== 'object' || state === null) return undefined;
  const named = state as Partial<MemberState>;
  return named.memberId === memberId && named.role === role ? (state as MemberState) : undefined;
}
