/**
 * Hands a history on block by block, to a listener that keeps it elsewhere: a load in a fleet has no place to write to.
 * One block is held and no more. Where the listener takes no further block the history is given up, and said to be
 * incomplete by what it lacks at its end.
 */
import { FLUSH_INTERVAL_MS } from './append-blocks.ts';
import type { HistoryBlocks } from './writer.ts';

const BLOCK_BYTES = 48 * 1024;

/**
 * @param tell takes the next bytes, which are its own only until it returns; false when it cannot.
 * @param log hears once that the history was given up.
 */
export function tellBlocks(tell: (bytes: Buffer) => boolean, log: (message: string) => void): HistoryBlocks {
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  let isGivenUp = false;
  const flush = (): void => {
    if (filled > 0 && !isGivenUp && !tell(block.subarray(0, filled))) {
      isGivenUp = true;
      log('the history of writes is given up: nobody reads what is told of it');
    }
    filled = 0;
  };
  const flushes = setInterval(flush, FLUSH_INTERVAL_MS).unref();
  return {
    room(bytesMax) {
      if (filled + bytesMax > block.length) flush();
      if (block.length < bytesMax) block = Buffer.allocUnsafe(bytesMax);
      return { block, at: filled };
    },
    used(bytes) {
      filled += bytes;
    },
    flush,
    [Symbol.dispose]() {
      clearInterval(flushes);
      flush();
    },
  };
}
