/**
 * The kit: what members are made of, whichever runtime starts them. Every entry is bundled into one file, because
 * a thread started from a bundle costs about 8 MB less than one from a `.ts` entry (no type stripper in each), boots
 * sooner, and can be read by an unprivileged user though the clone may lie in a private home.
 *
 * A kit is kept in memory. Images and run folders are made from it; where it comes from is in `take-kit.ts`.
 */
import { createHash } from 'node:crypto';
import { nodeForMembers } from './node-for-members.ts';

export interface KitFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface Kit {
  /** 16 hex digits over the files and over the Node that they are to run on. */
  readonly hash: string;
  readonly files: readonly KitFile[];
  /** How an image is made of the files. */
  readonly dockerfile: Uint8Array;
  /** The compose file of the lab, which the runtime `compose` drives. */
  readonly composeFile: Uint8Array;
  /** The Node that runs them. */
  readonly nodeBinary: string;
  /** For example `26.10.0`. */
  readonly nodeVersion: string;
}

/** What a kit is before it is known what Node it is to run on. */
export type KitParts = Pick<Kit, 'files' | 'dockerfile' | 'composeFile'>;

/** Makes parts a kit. @throws NodeMissingError when there is no Node to run it on. */
export function assembleKit({ files, dockerfile, composeFile }: KitParts): Kit {
  const { binary, version } = nodeForMembers();
  const hash = createHash('sha256').update(`v${version} ${process.arch}\n`);
  for (const { name, content } of files) hash.update(`${name} ${content.length}\n`).update(content);
  return {
    hash: hash.digest('hex').slice(0, 16),
    files,
    dockerfile,
    composeFile,
    nodeBinary: binary,
    nodeVersion: version,
  };
}
