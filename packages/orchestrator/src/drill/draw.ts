/**
 * Draws the cause of a drill by a seed that is sealed: its commitment is told before anything is done, and the seed
 * with the cause afterwards, so that everybody can see that the cause was not chosen to fit. Pure.
 */
import { createHash } from 'node:crypto';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { DRILL_CAUSES, type DrillCause } from '@fleetfall/protocol/drill.ts';

/** A cause that was drawn. */
export interface Draw {
  readonly cause: DrillCause;
  readonly sealedSeed: string;
  readonly commitment: string;
}

/**
 * @param among at least one; each is as likely as the others.
 * @param sealedSeed drawn at random: who knows it knows the cause.
 */
export function drawCause(among: readonly DrillCause[], sealedSeed: string): Draw {
  const number = createHash('sha256').update(sealedSeed).digest().readUInt32BE(0);
  const cause = among[number % among.length];
  if (cause === undefined) throw new RangeError('Cannot draw a cause: there must be one at least');
  return { cause, sealedSeed, commitment: commitmentOf(sealedSeed, cause) };
}

/** What `printf '%s' '<seed> <cause>' | sha256sum` says. */
export function commitmentOf(sealedSeed: string, cause: DrillCause): string {
  return createHash('sha256').update(`${sealedSeed} ${cause}`).digest('hex');
}

/**
 * Reads causes as a command line gives them: `threads,memory`.
 * @throws SettingsError when one is none.
 */
export function readCauses(written: string, flag: string): readonly DrillCause[] {
  const named = new Set(written.split(',').map((name) => readCause(name.trim(), flag)));
  return DRILL_CAUSES.filter((cause) => named.has(cause));
}

/** @throws SettingsError when it is none. */
export function readCause(written: string, flag: string): DrillCause {
  const found = DRILL_CAUSES.find((cause) => cause === written);
  if (found !== undefined) return found;
  throw new SettingsError(`${flag} '${written}': must be one of ${DRILL_CAUSES.join(', ')}`);
}
