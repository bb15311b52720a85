/**
 * One endpoint before the front-ends, as clients have it: connections are handed out in turn to those that are ready.
 * It holds no secret check of its own, since it reads nothing: what it carries is checked by the front-end that it comes
 * to. Who the front-ends are it is told over its standard input.
 */
import { createServer, type Socket } from 'node:net';
import { hostOf } from '@fleetfall/member/listener.ts';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import type { BalancerCommand, BalancerRecord } from '@fleetfall/protocol/balancer-stdio.ts';
import type { BalancerBoot } from '@fleetfall/protocol/boot.ts';
import { checkFrontEnd, type FrontEndCheck } from './front-end-check.ts';
import { relay } from './relay.ts';
import { turnsOver } from './rotation.ts';

/** Starts to listen; says `ready` when it does. @throws when the address is taken. */
export async function startBalancer(boot: BalancerBoot, context: MemberContext): Promise<StartedMember> {
  const emit = (record: BalancerRecord): void => context.emit(record);
  const { secret, callFrom } = boot;
  const sockets = new Set<Socket>();
  let checks = new Map<string, FrontEndCheck>();
  const nextTurns = turnsOver(() => [...checks.values()]);

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true }, (client) => {
    keep(client);
    // A client that resets is its own affair: its close ends the other side.
    client.on('error', () => undefined);
    relay(
      client,
      nextTurns().map(({ frontEnd }) => frontEnd),
      callFrom,
      keep,
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(boot.listen.port, hostOf(boot.listen), listening.resolve);
  await listening.promise;
  server.off('error', listening.reject);
  // It goes on with the connections that it has: out of file descriptors, say.
  server.on('error', (error) => context.log(`a connection could not be taken: ${error.message}`));

  /** Takes the whole list. Front-ends that stay keep their health. */
  function replace({ frontEnds }: BalancerCommand): void {
    const before = checks;
    checks = new Map();
    for (const frontEnd of frontEnds) {
      const key = `${frontEnd.memberId}@${frontEnd.host}:${frontEnd.port}`;
      const kept = before.get(key);
      before.delete(key);
      const onChange = ({ memberId }: { memberId: string }, ready: boolean): void =>
        emit({ kind: 'health', memberId, ready });
      checks.set(key, kept ?? checkFrontEnd(frontEnd, { secret, callFrom, onChange }));
    }
    for (const gone of before.values()) gone[Symbol.dispose]();
  }

  emit({ kind: 'ready' });
  return {
    command: (line) => replace(JSON.parse(line) as BalancerCommand),
    async [Symbol.asyncDispose]() {
      for (const check of checks.values()) check[Symbol.dispose]();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
