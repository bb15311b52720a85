/**
 * The time that a change is given to show in a fleet, by its settings, where it is not seen sooner: what a method waits for
 * when it says `settle`.
 */
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { Settling } from './steps.ts';

/** Milliseconds. A fleet that is waited for until it is `linked` is waited for by looking, not by time: 0. */
export function settlingMs(
  settling: Settling,
  { discoveryDelayMaxMs, buildIntervalMs, shardMapMaxAgeMs }: FrontEndSettings,
): number {
  // A change of membership is known everywhere, and in every map: a construction may just have begun without it, the
  // next begins within 1.1 intervals of that, and what is left is for its own time.
  const spreadMs = Math.ceil(discoveryDelayMaxMs + 1.5 * buildIntervalMs);
  switch (settling) {
    case 'linked':
      return 0;
    case 'spread':
      return spreadMs;
    // Every member has learned of an addition, and the maps built before it have aged.
    case 'ageing':
      return discoveryDelayMaxMs + shardMapMaxAgeMs;
    // All effects of a change, new maps among them: from then on recovery is judged.
    case 'consequences':
      return spreadMs + shardMapMaxAgeMs;
  }
}
