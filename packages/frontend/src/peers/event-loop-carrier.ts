/**
 * Links on the main event loop, without a thread: the control. The same connections, announcements and maps.
 */
import type { LinkCarrier } from './link-carrier.ts';
import { openPeerSession, type PeerSession } from './session.ts';

export function createEventLoopCarrier(): LinkCarrier {
  const sessions = new Set<PeerSession>();
  return {
    linksPerPeer: 1,
    threads: () => 0,
    open(target, onEvent) {
      const session = openPeerSession(target, onEvent);
      sessions.add(session);
      return {
        async close() {
          sessions.delete(session);
          session.close();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.close();
    },
  };
}
