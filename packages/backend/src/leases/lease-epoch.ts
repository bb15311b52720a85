/**
 * The lease epoch of a back-end: a number that rises with each start of the process, so that whoever hears two
 * announcements of one back-end knows which is newer. It is on disk before it is used.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../storage/log-file.ts';

const FILE_NAME = 'lease-epoch';

/**
 * Takes the next epoch, from 1 on.
 * @throws when the folder cannot be written, or the file holds no whole number.
 */
export async function takeLeaseEpoch(dataDir: string): Promise<number> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, FILE_NAME);
  const epoch = (await readEpoch(path)) + 1;
  const fresh = `${path}.new`;
  {
    await using file = await open(fresh, 'w');
    await file.writeFile(`${epoch}\n`);
    await file.sync();
  }
  await rename(fresh, path);
  await syncFolder(dataDir);
  return epoch;
}

async function readEpoch(path: string): Promise<number> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  if (!/^\d{1,15}$/.test(text)) {
    throw new Error(`Cannot read ${path}: it must hold a whole number: current value is '${text}'`);
  }
  return Number(text);
}
