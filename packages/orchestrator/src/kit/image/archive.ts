/**
 * Packs a tar archive as a stream, from contents in memory and from files on this host. Times and owners are
 * fixed, so that the same contents give the same archive and an engine's build cache knows it again.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';

export type ArchiveEntry =
  | { readonly name: string; readonly content: Uint8Array | string; readonly mode?: number }
  | { readonly name: string; readonly fromFile: string; readonly mode: number }
  | { readonly name: string; readonly folder: true; readonly mode: number };

const FIXED = { uid: 0, gid: 0, mtime: new Date(0) };

/** Streams the archive. A file that cannot be read destroys the stream with its error. */
export function packArchive(entries: readonly ArchiveEntry[]): Readable {
  const archive = pack();
  addAll(entries).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return archive;

  async function addAll(all: readonly ArchiveEntry[]): Promise<void> {
    for (const entry of all) {
      if ('folder' in entry) {
        archive.entry({ ...FIXED, name: entry.name, type: 'directory', mode: entry.mode });
      } else if ('content' in entry) {
        const header = { ...FIXED, name: entry.name, mode: entry.mode ?? 0o644 };
        archive.entry(header, Buffer.from(entry.content));
      } else {
        const { size } = await stat(entry.fromFile);
        const into = archive.entry({ ...FIXED, name: entry.name, mode: entry.mode, size });
        await pipeline(createReadStream(entry.fromFile), into);
      }
    }
  }
}
