/**
 * The folder that a fleet's processes run from: the kit, the Node binary where they could not reach it otherwise,
 * and the data of durable members. It stands in the system's folder for temporary files, open to be passed through
 * but not to be listed, and its name says whose it is.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roleFile } from '../../kit/entries.ts';
import type { Kit } from '../../kit/kit.ts';
import type { MemberSpec } from '../runtime.ts';
import type { MemberUser } from './member-user.ts';

export interface RunFolder {
  readonly nodeBinary: string;
  entryOf(spec: MemberSpec): string;
  /** Where a member keeps its data; made by {@link RunFolder.makeDataFolder}. */
  dataFolder(memberId: string): string;
  /** Makes the data folder of a member, if it is not there from an earlier incarnation. */
  makeDataFolder(memberId: string): void;
  removeDataFolder(memberId: string): void;
  remove(): void;
}

/**
 * Makes the folder. When that fails midway, what was made is gone.
 * @param name what the folder's name begins with; it must carry the owner.
 */
export function makeRunFolder(name: string, kit: Kit, user: MemberUser): RunFolder {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    chmodSync(folder, 0o711);
    mkdirSync(join(folder, 'app'));
    chmodSync(join(folder, 'app'), 0o755);
    mkdirSync(join(folder, 'data'));
    chmodSync(join(folder, 'data'), 0o711);
    for (const { name: file, content } of kit.files) place(join(folder, 'app', file), content);
    const nodeBinary = user.isOther ? linkOrCopy(kit.nodeBinary, join(folder, 'node')) : kit.nodeBinary;
    const dataFolder = (memberId: string): string => join(folder, 'data', memberId);
    return {
      nodeBinary,
      entryOf: ({ role }) => join(folder, 'app', roleFile(role)),
      dataFolder,
      makeDataFolder(memberId) {
        mkdirSync(dataFolder(memberId), { recursive: true, mode: 0o700 });
        if (user.isOther) chownSync(dataFolder(memberId), user.uid, user.gid);
      },
      removeDataFolder: (memberId) => rmSync(dataFolder(memberId), { recursive: true, force: true }),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Readable by all, whatever the umask. */
function place(path: string, content: Uint8Array): void {
  writeFileSync(path, content);
  chmodSync(path, 0o644);
}

/** A hard link costs nothing; over file systems it takes a copy. */
function linkOrCopy(from: string, to: string): string {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    chmodSync(to, 0o755);
  }
  return to;
}
