/**
 * `fleetfall lab image`: the image that the compose lab runs on, built as a run builds it and given the name that
 * docker/compose.yaml asks for.
 */
import { ensureImage } from '../kit/image/ensure-image.ts';
import { takeKit } from '../kit/take-kit.ts';
import { findEngine } from '../runtime/docker/connect.ts';
import { askEngine } from '../runtime/docker/docker-runtime.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';

const REPOSITORY = 'fleetfall';
const TAG = 'lab';

/** @returns the exit code. @throws RuntimeUnavailableError when no engine answers; what a build throws. */
export async function labImageCommand(
  { json }: { readonly json?: boolean },
  { environment, signal, stdout, stderr }: CommandContext,
): Promise<number> {
  const engine = await findEngine(environment);
  await askEngine(engine);
  signal.throwIfAborted();
  const kit = await takeKit();
  const built = await ensureImage(engine.docker, kit, (message) => stderr.write(`${message}\n`), signal);
  signal.throwIfAborted();
  await engine.docker.getImage(built).tag({ repo: REPOSITORY, tag: TAG });
  const image = `${REPOSITORY}:${TAG}`;
  stdout.write(json === true ? `${JSON.stringify({ image, built })}\n` : `${image}\n`);
  return EXIT.asExpected;
}
