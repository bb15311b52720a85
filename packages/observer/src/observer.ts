/**
 * The observer: tells what every member says of itself, what a balancer would hear of it, and whether back-ends
 * serve when asked directly. It judges nothing, and keeps nothing but the list of those it watches.
 */
import { Agent } from 'node:http';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import type { ObserverBoot } from '@fleetfall/protocol/boot.ts';
import type { ObserverRecord, WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import { createAsker } from './ask.ts';
import { readCommand } from './commands.ts';
import { probeBackEnd } from './probing.ts';
import { createReadingGaps } from './reading-gaps.ts';
import { sampleHealth, sampleState } from './sampling.ts';

/** Of one member: its state, and the two paths of its health check, one request each. */
const CONNECTIONS_PER_MEMBER_MAX = 3;

/** How often it is told how often members were read. */
const CADENCE_INTERVAL_MS = 1_000;

/** Starts an observer that watches nobody yet; says `ready`. A command that it cannot read is logged. */
export async function startObserver(boot: ObserverBoot, context: MemberContext): Promise<StartedMember> {
  const { secret, callFrom, sampleIntervalMs, probeIntervalMs } = boot;
  const emit = (record: ObserverRecord): void => context.emit(record);
  const asker = createAsker(
    new Agent({ keepAlive: true, maxSockets: CONNECTIONS_PER_MEMBER_MAX, localAddress: callFrom }),
    secret,
  );
  const gaps = createReadingGaps();
  let watches = new Map<string, Disposable>();

  const watch = (member: WatchedMember): Disposable => {
    const watching = new DisposableStack();
    let watched = true;
    // What was under way when the member left the list is no finding any more.
    const tell = (record: ObserverRecord): void => {
      if (!watched) return;
      if (record.kind === 'sample') gaps.read(member.memberId, performance.now());
      emit(record);
    };
    watching.defer(() => {
      watched = false;
      gaps.forget(member.memberId);
    });
    watching.use(sampleState(member, asker, sampleIntervalMs, tell));
    if (member.role === 'front-end') watching.use(sampleHealth(member, asker, tell));
    if (member.role === 'back-end')
      watching.use(probeBackEnd(member, { secret, callFrom }, probeIntervalMs, tell));
    return watching;
  };

  const replace = (members: readonly WatchedMember[]): void => {
    const before = watches;
    watches = new Map();
    for (const member of members) {
      const key = `${member.role} ${member.memberId} ${member.host}:${member.port}`;
      watches.set(key, watches.get(key) ?? before.get(key) ?? watch(member));
      before.delete(key);
    }
    for (const left of before.values()) left[Symbol.dispose]();
  };

  const cadence = setInterval(() => {
    const taken = gaps.take(performance.now());
    if (taken !== undefined) emit({ kind: 'cadence', measuredAtMs: Date.now(), ...taken });
  }, CADENCE_INTERVAL_MS);

  emit({ kind: 'ready' });
  return {
    command(line) {
      const read = readCommand(line);
      if ('refusal' in read) context.log(read.refusal);
      else replace(read.command.op === 'watch' ? read.command.members : []);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(cadence);
      replace([]);
      asker[Symbol.dispose]();
    },
  };
}
