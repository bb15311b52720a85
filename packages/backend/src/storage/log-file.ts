/**
 * The one file of a log, as the rest of the storage sees it: bytes at a position, and the promise that they are on
 * disk. Opening makes it durable by name too, which takes an fsync of its folder.
 */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

const FILE_NAME = 'records.log';
/** What the file begins with. A file that begins otherwise is another's, and is not cut short as if it were torn. */
export const LOG_MAGIC: Buffer = Buffer.from('fleetfall-log-1\n', 'latin1');

export interface LogFile extends AsyncDisposable {
  /** Reads up to `length` bytes; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  /** Writes all of it. @throws when the disk refuses, with some of it written or none. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** fdatasync: what was written before is on disk when it resolves. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
}

/**
 * Opens the log file in a folder, both made where they are missing.
 * @throws when the file is not a log of this layout.
 */
export async function openLogFile(dataDir: string): Promise<LogFile> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, FILE_NAME);
  {
    // 'r+' does not create, and 'a+' would put every write at the end whatever its position.
    await using created = await open(path, 'a');
    await created.sync();
  }
  await syncFolder(dataDir);
  const handle = await open(path, 'r+');

  const file: LogFile = {
    async read(position, length) {
      const bytes = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    async write(bytes, position) {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(
          bytes,
          written,
          bytes.length - written,
          position + written,
        );
        written += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    [Symbol.asyncDispose]: () => handle.close(),
  };
  try {
    await writeMagic(file, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return file;
}

/** Makes a folder's entries durable: a file that was just made or renamed is there after a crash. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function writeMagic(file: LogFile, path: string): Promise<void> {
  const found = await file.read(0, LOG_MAGIC.length);
  if (found.equals(LOG_MAGIC)) return;
  // A process that died while making the file left a part of the magic, and nothing behind it.
  if (!LOG_MAGIC.subarray(0, found.length).equals(found)) {
    throw new Error(`Cannot open ${path}: it is not a log of this fleetfall's layout`);
  }
  await file.write(LOG_MAGIC, 0);
  await file.sync();
}
