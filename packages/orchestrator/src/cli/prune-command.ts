/**
 * `fleetfall prune`: removes what dead runs of this host left behind, and says what it left alone and why.
 */
import { pruneFleets } from '../keeper/prune-fleets.ts';
import { prune } from '../runtime/prune.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';

/** @returns 0, or 4 when `--check` found something to remove, or something could not be removed. */
export async function pruneCommand(
  options: { readonly check?: boolean; readonly json?: boolean },
  { stdout, stderr, environment, fleetsFolder }: CommandContext,
): Promise<number> {
  const check = options.check === true;
  const runtimes = await prune({
    check,
    environment,
    onEngineAbsent: (why) => stderr.write(`containers were not looked at: ${why}\n`),
  });
  const leftovers = [...runtimes, ...pruneFleets(fleetsFolder, check)];
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
