/**
 * The image that the fleet's own is built on: the official Node image where a registry answers, else one assembled
 * from the orchestrator's Node and its libraries. An assembled one is kept and preferred from then on, so that a
 * host without a registry waits for it once.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { engineCall } from '../../runtime/docker/engine-call.ts';
import type { Kit } from '../kit.ts';
import { packArchive } from './archive.ts';
import { haveEngineDo } from './engine-stream.ts';
import { nodeRootFilesystem } from './root-filesystem.ts';

/** A registry that has not said a word by then is taken to be unreachable. */
const FIRST_WORD_MS_MAX = 4_000;
/** One that falls silent on the way; unpacking a layer is told of every second or so. */
const SILENCE_MS_MAX = 15_000;
/** A pull that moves may take as long as a slow line needs for 80 MB. */
const PULL_MAX_MS = 5 * 60_000;

/** No base image could be had. The message says what was tried and what to do. */
export class BaseImageError extends Error {
  override readonly name = 'BaseImageError';
}

/**
 * Finds or makes the base image.
 * @returns its reference on the engine.
 * @throws BaseImageError when it can neither be pulled nor assembled; the signal's reason when aborted.
 */
export async function ensureBaseImage(
  docker: Docker,
  kit: Kit,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const official = `node:${kit.nodeVersion}-slim`;
  if (await imageExists(docker, official)) return official;
  const assembled = `fleetfall-base:${await hashOfFile(kit.nodeBinary)}`;
  if (await imageExists(docker, assembled)) return assembled;

  signal.throwIfAborted();
  onProgress(`pulling ${official}`);
  const pullFailure = await pull(docker, official, signal);
  if (pullFailure === null) return official;
  signal.throwIfAborted();

  const obstacle = await obstacleToAssembly(docker);
  if (obstacle !== null) {
    throw new BaseImageError(
      `Cannot make the fleet's image: ${official} could not be pulled (${pullFailure.message}), and ${obstacle}. ` +
        `Bring the image to the engine ('docker pull' or 'docker load'), or use the cgroup runtime.`,
      { cause: pullFailure },
    );
  }
  onProgress(`no registry answers (${pullFailure.message}): assembling a base image from this host's Node`);
  const archive = packArchive(await nodeRootFilesystem(kit.nodeBinary));
  signal.throwIfAborted();
  const [repo, tag] = assembled.split(':');
  const options = { repo, tag, changes: 'LABEL fleetfall.image=1' };
  await haveEngineDo(
    `import ${assembled}`,
    (abortSignal) => docker.importImage(archive, { ...options, abortSignal }),
    signal,
  );
  return assembled;
}

/** Whether the engine has the image. @throws when it cannot say. */
export async function imageExists(docker: Docker, reference: string): Promise<boolean> {
  try {
    await engineCall(`look for image ${reference}`, docker.getImage(reference).inspect());
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** @returns why it failed, or null when the image is there. */
async function pull(docker: Docker, reference: string, signal: AbortSignal): Promise<Error | null> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(PULL_MAX_MS)]);
  try {
    await haveEngineDo(
      `pull ${reference}`,
      (abortSignal) => docker.pull(reference, { abortSignal }),
      inTime,
      { firstWordMsMax: FIRST_WORD_MS_MAX, silenceMsMax: SILENCE_MS_MAX },
    );
    return null;
  } catch (error) {
    return new Error(error instanceof Error ? error.message.trim() : String(error), { cause: error });
  }
}

/** Why this host's Node cannot run on the engine, or null. */
async function obstacleToAssembly(docker: Docker): Promise<string | null> {
  const { OSType, Architecture } = (await engineCall('ask the engine what it is', docker.info())) as {
    OSType: string;
    Architecture: string;
  };
  if (process.platform !== 'linux') return `this host's Node is for ${process.platform}, not for Linux`;
  const own = process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch;
  if (OSType === 'linux' && Architecture === own) return null;
  return `this host's Node (linux ${own}) does not run on the engine (${OSType} ${Architecture})`;
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex').slice(0, 16);
}
