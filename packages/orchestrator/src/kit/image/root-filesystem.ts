/**
 * A root file system that holds Node and nothing else: the binary, the shared libraries that `ldd` names, and the
 * few files that name resolution reads. It stands in for the official base image where no registry answers.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { ArchiveEntry } from './archive.ts';

/** The unprivileged user of every member, as the Dockerfile names it. */
const MEMBER_USER = 65532;

/** glibc loads these by name when a host name is resolved: `ldd` does not show them. */
const NAME_SERVICE_LIBRARIES = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/**
 * Lists what the root file system is made of.
 * @throws when `ldd` cannot be run or names a library that is missing.
 */
export async function nodeRootFilesystem(nodeBinary: string): Promise<readonly ArchiveEntry[]> {
  const libraries = await sharedLibraries(nodeBinary);
  const libc = libraries.find((path) => /\/libc\.so\.6$/.test(path));
  const nameService = NAME_SERVICE_LIBRARIES.map((name) => join(dirname(libc ?? '/lib/libc.so.6'), name));
  const all = new Set([...libraries, ...nameService.filter((path) => existsSync(path))]);
  return [
    ...['app', 'dev', 'etc', 'proc', 'sys'].map((name) => ({ name, folder: true, mode: 0o755 }) as const),
    { name: 'tmp', folder: true, mode: 0o1777 },
    { name: 'etc/passwd', content: passwd() },
    { name: 'etc/group', content: `root:x:0:\nfleetfall:x:${MEMBER_USER}:\n` },
    { name: 'etc/nsswitch.conf', content: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { name: 'usr/local/bin/node', fromFile: nodeBinary, mode: 0o755 },
    ...[...all].map((path) => ({ name: path.slice(1), fromFile: path, mode: 0o755 })),
  ];
}

function passwd(): string {
  return `root:x:0:0:root:/:/nologin\nfleetfall:x:${MEMBER_USER}:${MEMBER_USER}:fleetfall:/tmp:/nologin\n`;
}

/** Absolute paths of the libraries and of the dynamic loader. */
async function sharedLibraries(binary: string): Promise<string[]> {
  const { stdout } = await execa('ldd', [binary]);
  const missing = /^\s*(\S+) => not found/m.exec(stdout);
  if (missing) throw new Error(`${binary} needs ${missing[1]}, which is not on this host`);
  return stdout.split('\n').flatMap((line) => /(?:=>\s*|^\s*)(\/\S+)/.exec(line)?.[1] ?? []);
}
