/**
 * The folders of named fleets, by which one call finds what another started: a socket, and who holds the fleet. They lie
 * in a folder of the user's own that nobody else can look into. A folder is made whole and renamed into place, so that
 * of two fleets of one name only one comes to be; one whose keeper is proven dead is put aside and removed.
 */
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { currentOwner, type Owner, ownerIsDead, ownerMark } from '../runtime/owner.ts';

const OWNER_FILE = 'keeper.json';
const SOCKET_FILE = 'socket';
/** A socket's whole path may have 104 bytes on some systems. */
const NAME = /^[a-z][a-z0-9-]{0,23}$/;
/** The name of a fleet that was given none. */
export const DEFAULT_NAME = 'default';

/** A named fleet, by what its folder says. */
export interface NamedFleet {
  readonly name: string;
  readonly owner: Owner;
  readonly experiment: string;
  readonly startedAtMs: number;
  /** When its keeper takes it down by itself. */
  readonly endsAtMs: number;
  readonly journal: string;
  readonly log: string;
}

/** Its disposal is idempotent. */
export interface ClaimedFolder extends Disposable {
  readonly socket: string;
}

/** Another fleet has this name. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

/**
 * Where this user's fleets are.
 * @param runtimeDir the user's own folder for such things, where the system has one: `XDG_RUNTIME_DIR`.
 */
export function fleetsFolderOf(runtimeDir: string | undefined): string {
  const { uid, username } = userInfo();
  return join(runtimeDir || tmpdir(), `fleetfall-${uid === -1 ? username : uid}`);
}

/** @throws SettingsError when it cannot be a fleet's name. */
export function assertName(name: string): void {
  if (NAME.test(name)) return;
  throw new SettingsError(
    `--name '${name}': must be of lower-case letters, digits and dashes, begin with a letter and have at most 24`,
  );
}

/** The socket on which the keeper of a fleet listens. */
export const socketOf = (fleetsFolder: string, name: string): string => join(fleetsFolder, name, SOCKET_FILE);

/**
 * Takes a name for the calling process.
 * @throws NameTakenError when a fleet of that name is alive.
 */
export function claimFolder(fleetsFolder: string, fleet: Omit<NamedFleet, 'owner'>): ClaimedFolder {
  openFleetsFolder(fleetsFolder);
  const found = findFleet(fleetsFolder, fleet.name);
  if (found !== null && ownerIsDead(found.owner)) removeFolder(fleetsFolder, found);
  const place = join(fleetsFolder, fleet.name);
  const making = join(fleetsFolder, passingName('making'));
  mkdirSync(making, { mode: 0o700 });
  const own: NamedFleet = { ...fleet, owner: currentOwner() };
  try {
    writeFileSync(join(making, OWNER_FILE), JSON.stringify(own), { mode: 0o600 });
    // Fails when there is a folder of that name with something in it: every one of ours has its keeper in it.
    renameSync(making, place);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new NameTakenError(takenText(fleet.name), { cause: error });
    throw error;
  }
  let removed = false;
  return {
    socket: socketOf(fleetsFolder, fleet.name),
    [Symbol.dispose]() {
      // Once: by then the name may be another keeper's.
      if (!removed) removeFolder(fleetsFolder, own);
      removed = true;
    },
  };
}

export const takenText = (name: string): string =>
  `--name '${name}': there is a fleet of this name: give another, or end it with: fleetfall down --name ${name}`;

/** The fleet of a name, alive or not; null when there is none. */
export function findFleet(fleetsFolder: string, name: string): NamedFleet | null {
  try {
    return JSON.parse(readFileSync(join(fleetsFolder, name, OWNER_FILE), 'utf8')) as NamedFleet;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** All fleets of this user, by name. */
export function listFleets(fleetsFolder: string): NamedFleet[] {
  return namesIn(fleetsFolder)
    .filter((name) => NAME.test(name))
    .toSorted()
    .flatMap((name) => findFleet(fleetsFolder, name) ?? []);
}

/**
 * Removes the folder of a fleet whose keeper is dead or ends. It is put aside first, so that it goes as a whole; that
 * of another keeper that has come in between stays.
 */
export function removeFolder(fleetsFolder: string, { name, owner }: NamedFleet): void {
  const aside = join(fleetsFolder, passingName('dead'));
  try {
    renameSync(join(fleetsFolder, name), aside);
  } catch (error) {
    // Somebody else has just removed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = JSON.parse(readFileSync(join(aside, OWNER_FILE), 'utf8')) as NamedFleet;
  if (moved.owner.pid === owner.pid && moved.owner.start === owner.start) {
    rmSync(aside, { recursive: true, force: true });
  } else {
    renameSync(aside, join(fleetsFolder, name));
  }
}

/** Carries the process that is at it, so that nobody takes it for what a dead one left: `.making-0a1b.<owner>`. */
const passingName = (doing: string): string =>
  `.${doing}-${randomBytes(4).toString('hex')}.${ownerMark(currentOwner())}`;

/** What a keeper that died in the midst of making or removing a folder has left. */
export function halfMadeFolders(fleetsFolder: string): string[] {
  return namesIn(fleetsFolder).filter((name) => name.startsWith('.'));
}

function namesIn(fleetsFolder: string): string[] {
  try {
    return readdirSync(fleetsFolder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Makes the folder of all fleets, or makes sure that it is ours: others can write where temporary files are. */
function openFleetsFolder(fleetsFolder: string): void {
  mkdirSync(fleetsFolder, { recursive: true, mode: 0o700 });
  const { uid } = userInfo();
  const found = lstatSync(fleetsFolder);
  const isOurs = uid === -1 || (found.uid === uid && (found.mode & 0o077) === 0);
  if (found.isDirectory() && isOurs) return;
  throw new Error(
    `Cannot hold a fleet: '${fleetsFolder}' must be a folder of user ${uid} that nobody else may use: set XDG_RUNTIME_DIR to a folder of your own`,
  );
}
