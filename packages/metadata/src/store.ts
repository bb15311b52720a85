/**
 * What outlives the process: members, streams, and the versions of both, in one SQLite file. A change is on disk
 * (`synchronous = FULL`) before it shows, and its version rises in the same transaction, so no version that anyone
 * has seen can go back. Leases are not here: they are time, and time starts again with the process.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type {
  Configuration,
  Member,
  MembershipView,
  StreamConfiguration,
} from '@fleetfall/protocol/membership.ts';

const FILE_NAME = 'metadata.sqlite';
/** The layout below, kept in `user_version`; 0 is a file that was just made. */
const SCHEMA_VERSION = 1;

// A member and a stream are each one JSON document: nothing asks the database for less than all of them.
const SCHEMA = `
  CREATE TABLE versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
  CREATE TABLE members (member_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE streams (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
  INSERT INTO versions VALUES ('membership', 0), ('configuration', 0);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The store. Reads are from memory; a change throws when the disk refuses, and has then not happened. */
export interface MetadataStore extends Disposable {
  membership(): MembershipView;
  configuration(): Configuration;
  /** Adds a member, or replaces the one of the same id. */
  putMember(member: Member): void;
  /** Removes members in one change. */
  removeMembers(memberIds: readonly string[]): void;
  addStream(stream: StreamConfiguration): void;
}

/**
 * Opens the store in a folder, which is made where it is missing.
 * @throws when another process has it open, or when it is of another layout.
 */
export function openStore(dataDir: string): MetadataStore {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, FILE_NAME);
  const database = new DatabaseSync(path);
  try {
    prepareFile(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  let membership: MembershipView = { version: readVersion(database, 'membership'), members: [] };
  membership = { ...membership, members: readDocuments(database, 'members ORDER BY member_id') };
  let configuration: Configuration = {
    version: readVersion(database, 'configuration'),
    streams: readDocuments(database, 'streams ORDER BY position'),
  };

  const setVersion = database.prepare('UPDATE versions SET version = ? WHERE name = ?');
  const putMember = database.prepare('INSERT OR REPLACE INTO members VALUES (?, ?)');
  const removeMember = database.prepare('DELETE FROM members WHERE member_id = ?');
  const addStream = database.prepare('INSERT INTO streams (name, document) VALUES (?, ?)');

  function changeMembers(members: readonly Member[], write: () => void): void {
    const version = membership.version + 1;
    transact(database, () => {
      write();
      setVersion.run(version, 'membership');
    });
    membership = { version, members };
  }

  return {
    membership: () => membership,
    configuration: () => configuration,
    putMember(member) {
      const others = membership.members.filter(({ memberId }) => memberId !== member.memberId);
      const members = [...others, member].sort((left, right) => (left.memberId < right.memberId ? -1 : 1));
      changeMembers(members, () => putMember.run(member.memberId, JSON.stringify(member)));
    },
    removeMembers(memberIds) {
      const gone = new Set(memberIds);
      const left = membership.members.filter(({ memberId }) => !gone.has(memberId));
      changeMembers(left, () => {
        for (const memberId of memberIds) removeMember.run(memberId);
      });
    },
    addStream(stream) {
      const version = configuration.version + 1;
      transact(database, () => {
        addStream.run(stream.name, JSON.stringify(stream));
        setVersion.run(version, 'configuration');
      });
      configuration = { version, streams: [...configuration.streams, stream] };
    },
    [Symbol.dispose]() {
      if (database.isOpen) database.close();
    },
  };
}

function prepareFile(database: DatabaseSync, path: string): void {
  // One process owns the file for as long as it runs; a second store on it would hand out the same versions.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found === 0) transact(database, () => database.exec(SCHEMA));
  else if (found !== SCHEMA_VERSION) {
    throw new Error(
      `Cannot open ${path}: its layout must be version ${SCHEMA_VERSION}: current value is ${found}`,
    );
  }
}

function readVersion(database: DatabaseSync, name: 'membership' | 'configuration'): number {
  const row = database.prepare('SELECT version FROM versions WHERE name = ?').get(name);
  return (row as { version: number }).version;
}

function readDocuments<Document>(database: DatabaseSync, source: string): Document[] {
  const rows = database.prepare(`SELECT document FROM ${source}`).all() as { document: string }[];
  return rows.map(({ document }) => JSON.parse(document) as Document);
}

function transact(database: DatabaseSync, change: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    change();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
