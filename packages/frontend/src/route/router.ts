/**
 * Routes: from a stream and a key, by the shard-map, to the back-end that owns the shard. This is where a map
 * that is missing, aged or without an owner becomes a request that fails, with its reason counted.
 */
import type { HashKey } from '@fleetfall/protocol/hash-key.ts';
import type { RoutingFailure } from '@fleetfall/protocol/kinesis.ts';
import { type FrontEndSettings, firstMapWaitMs } from '@fleetfall/protocol/settings.ts';
import type { MapBuilder } from '../shard-map/builder.ts';
import type { Placement, ShardMap } from '../shard-map/shard-map.ts';
import { BackEndUnreachableError, type ShardAnswer, type ShardRequestBody } from './back-end-link.ts';
import type { BackEndLinks } from './back-end-links.ts';

/** A request could not be routed. `definite`: surely nothing was written. */
export class RoutingError extends Error {
  override readonly name = 'RoutingError';
  readonly failure: RoutingFailure;
  readonly definite: boolean;
  constructor(failure: RoutingFailure, message: string, definite = true) {
    super(message);
    this.failure = failure;
    this.definite = definite;
  }
}

/** A placement whose owner is known. */
export type OwnedPlacement = Placement & { readonly backEndId: string };

export interface Router {
  /**
   * The map to route by.
   * @throws RoutingError when there is none, or it is too old and `agedMap` is `refuse`.
   */
  map(): Promise<ShardMap>;
  /** @returns undefined when the map has no such stream. @throws RoutingError when the shard has no known owner. */
  ownerOfKey(map: ShardMap, stream: string, key: HashKey): OwnedPlacement | undefined;
  /** @returns undefined when the map has no such stream or shard. @throws RoutingError when the shard has no known owner. */
  ownerOfShard(map: ShardMap, stream: string, shardId: string): OwnedPlacement | undefined;
  /** Asks a back-end. @throws RoutingError when it cannot be reached or refuses. */
  ask(backEndId: string, body: ShardRequestBody, payloads?: readonly Uint8Array[]): Promise<ShardAnswer>;
  state(): { readonly routed: number; readonly failed: Readonly<Record<string, number>> };
}

export function createRouter(
  settings: FrontEndSettings,
  builder: MapBuilder,
  backEnds: BackEndLinks,
): Router {
  const failed: Record<string, number> = {};
  let routed = 0;
  const waitMs = firstMapWaitMs(settings);

  function failure(kind: RoutingFailure, message: string, definite?: boolean): RoutingError {
    failed[kind] = (failed[kind] ?? 0) + 1;
    return new RoutingError(kind, message, definite);
  }

  function owned(placement: Placement | undefined): OwnedPlacement | undefined {
    if (placement === undefined) return undefined;
    if (placement.backEndId === undefined) {
      throw failure('no-owner', `the shard-map has no owner for ${placement.shard.shardId}`);
    }
    return { ...placement, backEndId: placement.backEndId };
  }

  return {
    async map() {
      const map = builder.current() ?? (await builder.first(waitMs));
      if (map === undefined) throw failure('map-missing', 'this front-end has no shard-map');
      if (settings.agedMap === 'refuse' && builder.aged()) {
        const ageMs = Math.round(performance.now() - map.sourcedAtMs);
        throw failure('map-aged', `the shard-map is ${ageMs} ms old, past ${settings.shardMapMaxAgeMs} ms`);
      }
      return map;
    },
    ownerOfKey: (map, stream, key) => owned(map.placeKey(stream, key)),
    ownerOfShard: (map, stream, shardId) => owned(map.placeShard(stream, shardId)),
    async ask(backEndId, body, payloads) {
      const link = backEnds.get(backEndId);
      if (link === undefined) throw failure('back-end-unreachable', `${backEndId} is not a member`);
      let answer: ShardAnswer;
      try {
        answer = await link.request(body, payloads);
      } catch (error) {
        if (!(error instanceof BackEndUnreachableError)) throw error;
        throw failure('back-end-unreachable', error.message, error.definite);
      }
      if (answer.head.op === 'error') {
        throw failure(
          'back-end-refused',
          `${backEndId}: ${answer.head.error}: ${answer.head.message}`,
          false,
        );
      }
      routed += 1;
      return answer;
    },
    state: () => ({ routed, failed }),
  };
}
