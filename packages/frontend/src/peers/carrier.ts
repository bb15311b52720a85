/**
 * Chooses the carrier of peer links: the one place that reads which of the three arrangements is in force.
 */
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { createEventLoopCarrier } from './event-loop-carrier.ts';
import type { LinkCarrier } from './link-carrier.ts';
import { createPoolCarrier } from './pool-carrier.ts';
import { createThreadCarrier } from './thread-carrier.ts';

export function createCarrier(settings: FrontEndSettings): LinkCarrier {
  switch (settings.peerLinks) {
    case 'thread-per-peer':
      return createThreadCarrier(settings.threadsPerPeer);
    case 'thread-pool':
      return createPoolCarrier(settings.linkPoolThreads);
    case 'event-loop':
      return createEventLoopCarrier();
  }
}
