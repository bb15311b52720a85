/**
 * A pool thread: one long piscina task that carries many links, told over a port which to open and close. The
 * remedy beside the incident's arrangement: as many threads as the pool has, whatever the fleet's size.
 */
import { openPeerSession, type PeerSession } from './session.ts';
import type { PoolCommand, PoolEvent, PoolTask } from './thread-messages.ts';

/** Carries links until told to end. */
export default function carryLinks({ port }: PoolTask): Promise<void> {
  const sessions = new Map<string, PeerSession>();
  return new Promise((resolve) => {
    port.on('message', (command: PoolCommand) => {
      switch (command.op) {
        case 'open': {
          const { linkId } = command.target;
          const tell = (event: PoolEvent['event']): void =>
            port.postMessage({ linkId, event } satisfies PoolEvent);
          sessions.set(linkId, openPeerSession(command.target, tell));
          return;
        }
        case 'close':
          sessions.get(command.linkId)?.close();
          sessions.delete(command.linkId);
          return;
        case 'end':
          for (const session of sessions.values()) session.close();
          port.close();
          resolve();
      }
    });
  });
}
