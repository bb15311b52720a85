/**
 * The part of tar-stream that images are packed with; the library brings no types of its own.
 */
declare module 'tar-stream' {
  import type { Readable, Writable } from 'node:stream';

  export interface TarHeader {
    readonly name: string;
    readonly type?: 'file' | 'directory';
    readonly size?: number;
    readonly mode?: number;
    readonly uid?: number;
    readonly gid?: number;
    readonly mtime?: Date;
  }

  export interface Pack extends Readable {
    /** With `content` the entry is whole; without it, the returned stream takes exactly `size` bytes. */
    entry(header: TarHeader, content?: string | Buffer): Writable;
    finalize(): void;
  }

  export function pack(): Pack;
}
