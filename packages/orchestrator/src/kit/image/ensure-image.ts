/**
 * The fleet's image: one for every role, built from `docker/Dockerfile` by the engine's classic builder, named by
 * the hash of what is in it. Images of other hashes are left alone, since another clone may use them, until
 * `prune --images`.
 */
import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import type { Kit } from '../kit.ts';
import { packArchive } from './archive.ts';
import { ensureBaseImage, imageExists } from './base-image.ts';
import { haveEngineDo } from './engine-stream.ts';

/** The image of a kit, by the hash of what is in it. */
export function imageOf({ hash, dockerfile }: Kit): string {
  return `fleetfall:${createHash('sha256').update(hash).update(dockerfile).digest('hex').slice(0, 16)}`;
}

/**
 * Makes sure that the engine has the image of a kit.
 * @returns its reference.
 * @throws BaseImageError when there is nothing to build on; the engine's error when the build fails; the signal's
 * reason when aborted.
 */
export async function ensureImage(
  docker: Docker,
  kit: Kit,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const reference = imageOf(kit);
  if (await imageExists(docker, reference)) return reference;
  const beganMs = performance.now();
  const base = await ensureBaseImage(docker, kit, onProgress, signal);
  signal.throwIfAborted();
  onProgress(`building ${reference} on ${base}`);
  const context = packArchive([
    { name: 'Dockerfile', content: kit.dockerfile },
    { name: 'data', folder: true, mode: 0o700 },
    { name: 'app', folder: true, mode: 0o755 },
    ...kit.files.map(({ name, content }) => ({ name: `app/${name}`, content })),
  ]);
  const options = { t: reference, buildargs: { BASE: base }, rm: true, forcerm: true };
  await haveEngineDo(
    `build ${reference}`,
    (abortSignal) => docker.buildImage(context, { ...options, abortSignal }),
    signal,
  );
  onProgress(
    `built ${reference} in ${((performance.now() - beganMs) / 1_000).toFixed(1)} s, base image included`,
  );
  return reference;
}
