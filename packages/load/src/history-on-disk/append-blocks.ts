/**
 * Appends to a file without keeping its caller waiting for the disk: what comes is gathered in blocks that are written
 * in the background, at the latest a flush interval after. A disk that falls behind by more than a bound is waited for,
 * and whoever paces a load will be late and say so.
 */
import { closeSync, openSync, write, writeSync } from 'node:fs';
import type { HistoryBlocks } from './writer.ts';

const BLOCK_BYTES = 64 * 1024;
/** What a killed process may lose. */
export const FLUSH_INTERVAL_MS = 100;
/** 4 MB wait for the disk at the most. */
const WAITING_BLOCKS_MAX = 64;

interface Block {
  readonly bytes: Buffer;
  /** Where it goes in the file. */
  readonly at: number;
}

/**
 * Disposal writes what is left, and throws what the disk refused, then or before.
 * @throws when the file is there already.
 */
export function appendBlocks(path: string): HistoryBlocks {
  const file = openSync(path, 'wx');
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  let fileBytes = 0;
  const waiting: Block[] = [];
  let underWay: Block | undefined;
  let failure: Error | undefined;
  let closed = false;

  const writeNow = ({ bytes, at }: Block): void => {
    for (let done = 0; done < bytes.length; )
      done += writeSync(file, bytes, done, bytes.length - done, at + done);
  };
  const writeNext = (): void => {
    if (underWay !== undefined || failure !== undefined || closed) return;
    underWay = waiting.shift();
    if (underWay !== undefined) writeBehind(underWay);
  };
  const writeBehind = ({ bytes, at }: Block): void => {
    write(file, bytes, 0, bytes.length, at, (error, written) => {
      if (closed) {
        closeSync(file);
        return;
      }
      if (error !== null) failure = error;
      else if (written < bytes.length) {
        underWay = { bytes: bytes.subarray(written), at: at + written };
        writeBehind(underWay);
        return;
      }
      underWay = undefined;
      writeNext();
    });
  };
  const flush = (): void => {
    if (filled === 0) return;
    waiting.push({ bytes: block.subarray(0, filled), at: fileBytes });
    fileBytes += filled;
    block = block.subarray(filled);
    filled = 0;
    if (failure !== undefined) waiting.length = 0;
    try {
      while (waiting.length > WAITING_BLOCKS_MAX) writeNow(waiting.shift() as Block);
    } catch (error) {
      // Told at disposal, as what is refused in the background is.
      failure = error as Error;
    }
    writeNext();
  };
  const flushes = setInterval(flush, FLUSH_INTERVAL_MS).unref();
  return {
    room(bytesMax) {
      if (filled + bytesMax > block.length) {
        flush();
        if (block.length < bytesMax) block = Buffer.allocUnsafe(BLOCK_BYTES);
      }
      return { block, at: filled };
    },
    used(bytes) {
      filled += bytes;
    },
    flush,
    [Symbol.dispose]() {
      if (closed) return;
      clearInterval(flushes);
      // Before the flush, so that it begins no write that would outlive the file's owner.
      closed = true;
      flush();
      try {
        if (failure !== undefined) throw failure;
        // What is under way is written once more at its place: nobody waits for the other to end.
        for (const left of underWay === undefined ? waiting : [underWay, ...waiting]) writeNow(left);
      } finally {
        if (underWay === undefined) closeSync(file);
      }
    },
  };
}
