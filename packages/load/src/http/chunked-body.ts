/** Takes a chunked body apart (RFC 9112, 7.1) as it comes, in pieces of any size. Pure. */
import { BadAnswerError, HEAD_BYTES_MAX } from './answer-head.ts';

const LINE_FEED = 0x0a;

export class ChunkedBody {
  #awaits: 'size' | 'data' | 'end-of-data' | 'trailer' | 'nothing' = 'size';
  #missingBytes = 0;
  /** What came of a line that is not yet whole. */
  #line = '';

  get over(): boolean {
    return this.#awaits === 'nothing';
  }

  /**
   * @param onData hears where data lies in `bytes`.
   * @returns how far it read: up to the body's end, or all there is.
   * @throws BadAnswerError
   */
  take(bytes: Buffer, from: number, onData: (from: number, to: number) => void): number {
    let at = from;
    while (at < bytes.length && this.#awaits !== 'nothing') {
      if (this.#awaits === 'data') {
        const to = Math.min(bytes.length, at + this.#missingBytes);
        onData(at, to);
        this.#missingBytes -= to - at;
        at = to;
        if (this.#missingBytes === 0) this.#awaits = 'end-of-data';
        continue;
      }
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      this.#line += bytes.toString('latin1', at, lineEnd === -1 ? bytes.length : lineEnd);
      if (this.#line.length > HEAD_BYTES_MAX) throw new BadAnswerError('a line of a chunk has no end');
      if (lineEnd === -1) return bytes.length;
      at = lineEnd + 1;
      const line = this.#line.replace(/\r$/, '');
      this.#line = '';
      this.#takeLine(line);
    }
    return at;
  }

  #takeLine(line: string): void {
    if (this.#awaits === 'size') {
      if (!/^[0-9a-f]{1,8}(?:$|[ ;\t])/i.test(line)) throw new BadAnswerError('a chunk has no length');
      this.#missingBytes = Number.parseInt(line, 16);
      this.#awaits = this.#missingBytes === 0 ? 'trailer' : 'data';
    } else if (line === '') this.#awaits = this.#awaits === 'trailer' ? 'nothing' : 'size';
    else if (this.#awaits === 'end-of-data') throw new BadAnswerError('a chunk is longer than it says');
  }
}
