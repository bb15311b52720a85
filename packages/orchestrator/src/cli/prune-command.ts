/**
 * `fleetfall prune`: removes what dead runs of this host left behind, and says what it left alone and why.
 */
import { pruneFleets } from '../keeper/prune-fleets.ts';
import { imageOf } from '../kit/image/ensure-image.ts';
import { takeKit } from '../kit/take-kit.ts';
import { findEngine } from '../runtime/docker/connect.ts';
import { askEngine } from '../runtime/docker/docker-runtime.ts';
import { pruneImages } from '../runtime/docker/prune-images.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import { prune } from '../runtime/prune.ts';
import type { Leftover } from '../runtime/runtime.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';

/** @returns 0, or 4 when `--check` found something to remove, or something could not be removed. */
export async function pruneCommand(
  options: { readonly check?: boolean; readonly images?: boolean; readonly json?: boolean },
  { stdout, stderr, environment, fleetsFolder }: CommandContext,
): Promise<number> {
  const check = options.check === true;
  const runtimes = await prune({
    check,
    environment,
    onEngineAbsent: (why) => stderr.write(`containers were not looked at: ${why}\n`),
  });
  const images = options.images === true ? await supersededImages(environment, check) : [];
  const leftovers = [...runtimes, ...images, ...pruneFleets(fleetsFolder, check)];
  const dead = leftovers.filter((leftover) => leftover.dead);
  const still = dead.filter(({ keptBecause }) => check || keptBecause !== null);
  if (options.json === true) {
    stdout.write(`${JSON.stringify({ check, leftovers })}\n`);
  } else {
    for (const { runtime, kind, name, dead: isDead, keptBecause } of leftovers) {
      const kept = isDead ? 'still there' : 'left alone';
      const what = keptBecause === null ? (check ? 'to remove' : 'removed') : kept;
      stdout.write(`${what}: ${runtime} ${kind} ${name}${keptBecause === null ? '' : ` (${keptBecause})`}\n`);
    }
    if (dead.length === 0) stdout.write('nothing of a dead run is left on this host\n');
  }
  return still.length > 0 ? EXIT.leftover : EXIT.asExpected;
}

/** @throws RuntimeUnavailableError when no engine answers: there is none to ask then. */
async function supersededImages(environment: EngineEnvironment, check: boolean): Promise<Leftover[]> {
  const engine = await findEngine(environment);
  await askEngine(engine);
  return pruneImages(engine.docker, imageOf(await takeKit()), check);
}
