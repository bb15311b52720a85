/**
 * The truth that a read-back is held against: what became of every write of the load to one stream. Kept in
 * typed arrays by serial number, 19 bytes a write, in chunks that are made as they are needed.
 */
import { hash } from 'node:crypto';
import { LOAD_LIMITS } from '@fleetfall/protocol/load-stdio.ts';

const CHUNK_WRITES = 65_536;
const SHARDS_MAX = 65_536;

/** `unknown`: it was sent and may have been written. `refused`: it certainly was not. */
export type WriteState = 'unknown' | 'acknowledged' | 'refused';
const STATES: readonly WriteState[] = ['unknown', 'acknowledged', 'refused'];

/** What an acknowledgement said, with its times on one monotonic clock, in whole milliseconds. */
export interface Acknowledgement {
  readonly shardId: string;
  readonly sequence: bigint;
  readonly sentAtMs: number;
  readonly acknowledgedAtMs: number;
}

export interface WriteHistory {
  /** Writes so far; serial numbers run from 0 to one less. */
  readonly count: number;
  readonly acknowledgedCount: number;
  /**
   * Notes a write that is about to be sent, as unknown.
   * @returns its serial number.
   * @throws RangeError beyond {@link LOAD_LIMITS} `writesMax`.
   */
  begin(sentAtMs: number): number;
  acknowledge(serial: number, shardId: string, sequenceNumber: string, acknowledgedAtMs: number): void;
  refuse(serial: number): void;
  stateOf(serial: number): WriteState;
  acknowledgementOf(serial: number): Acknowledgement;
}

/**
 * A sequence number in eight bytes: the head of its SHA-1. Sequence numbers are decimals of any length to a
 * client. Only whether two are the same is asked of it; among 4 million, odds are below 10^-6 that any two meet.
 */
export function sequenceFingerprint(sequenceNumber: string): bigint {
  return hash('sha1', sequenceNumber, 'buffer').readBigUInt64BE(0);
}

interface Chunk {
  readonly state: Uint8Array;
  readonly shard: Uint16Array;
  readonly sequence: BigUint64Array;
  readonly sentAtMs: Uint32Array;
  readonly acknowledgedAtMs: Uint32Array;
}

export function createHistory(): WriteHistory {
  const chunks: Chunk[] = [];
  const shardIds: string[] = [];
  const shardNumbers = new Map<string, number>();
  let count = 0;
  let acknowledgedCount = 0;

  const at = (serial: number): { chunk: Chunk; index: number } => {
    const chunk = serial < count ? chunks[Math.floor(serial / CHUNK_WRITES)] : undefined;
    if (chunk === undefined) throw new RangeError(`Cannot look up write ${serial}: there are ${count}`);
    return { chunk, index: serial % CHUNK_WRITES };
  };
  const numberOf = (shardId: string): number => {
    const known = shardNumbers.get(shardId);
    if (known !== undefined) return known;
    if (shardIds.length === SHARDS_MAX)
      throw new RangeError(`Cannot keep more than ${SHARDS_MAX} shards of a stream`);
    shardNumbers.set(shardId, shardIds.length);
    return shardIds.push(shardId) - 1;
  };

  return {
    get count() {
      return count;
    },
    get acknowledgedCount() {
      return acknowledgedCount;
    },
    begin(sentAtMs) {
      if (count === LOAD_LIMITS.writesMax)
        throw new RangeError(`Cannot keep more than ${LOAD_LIMITS.writesMax} writes of a stream`);
      if (count % CHUNK_WRITES === 0) chunks.push(emptyChunk());
      const serial = count;
      count += 1;
      const { chunk, index } = at(serial);
      chunk.sentAtMs[index] = sentAtMs;
      return serial;
    },
    acknowledge(serial, shardId, sequenceNumber, acknowledgedAtMs) {
      const { chunk, index } = at(serial);
      chunk.state[index] = STATES.indexOf('acknowledged');
      chunk.shard[index] = numberOf(shardId);
      chunk.sequence[index] = sequenceFingerprint(sequenceNumber);
      chunk.acknowledgedAtMs[index] = acknowledgedAtMs;
      acknowledgedCount += 1;
    },
    refuse(serial) {
      const { chunk, index } = at(serial);
      chunk.state[index] = STATES.indexOf('refused');
    },
    stateOf(serial) {
      const { chunk, index } = at(serial);
      return STATES[chunk.state[index] as number] as WriteState;
    },
    acknowledgementOf(serial) {
      const { chunk, index } = at(serial);
      return {
        shardId: shardIds[chunk.shard[index] as number] as string,
        sequence: chunk.sequence[index] as bigint,
        sentAtMs: chunk.sentAtMs[index] as number,
        acknowledgedAtMs: chunk.acknowledgedAtMs[index] as number,
      };
    },
  };
}

function emptyChunk(): Chunk {
  return {
    state: new Uint8Array(CHUNK_WRITES),
    shard: new Uint16Array(CHUNK_WRITES),
    sequence: new BigUint64Array(CHUNK_WRITES),
    sentAtMs: new Uint32Array(CHUNK_WRITES),
    acknowledgedAtMs: new Uint32Array(CHUNK_WRITES),
  };
}
