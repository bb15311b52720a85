/**
 * A recorded rate file as a schedule: lines of `SECONDS RATE` (a comma does too), each rate held until the next line's
 * time. The last line ends it. Empty lines, a heading and what follows `#` are passed over. Pure.
 */
import type { RateProfile } from '@fleetfall/protocol/rate-profile.ts';

const LINES_MAX = 1_000_000;

/** @throws RangeError that names the line. */
export function parseReplay(text: string): RateProfile {
  const points: { readonly atMs: number; readonly perSecond: number }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const fields = line.replace(/#.*/, '').trim();
    if (fields === '' || (index === 0 && /^[a-z]/i.test(fields))) continue;
    const match = /^(\d+(?:\.\d+)?)[\s,;]+(\d+(?:\.\d+)?)$/.exec(fields);
    if (match === null)
      throw new RangeError(
        `line ${index + 1} must be 'SECONDS RATE', for example '12.5 800': it is '${fields}'`,
      );
    const point = { atMs: Number(match[1]) * 1_000, perSecond: Number(match[2]) };
    const last = points.at(-1);
    if (last !== undefined && point.atMs <= last.atMs)
      throw new RangeError(`line ${index + 1} must be later than the one before: it is '${fields}'`);
    if (points.push(point) > LINES_MAX) throw new RangeError(`there must be at most ${LINES_MAX} lines`);
  }
  if (points.length < 2)
    throw new RangeError('there must be at least two lines: the last one ends the schedule');
  return points.slice(0, -1).map(({ atMs, perSecond }, index) => ({
    durationMs: (points[index + 1]?.atMs ?? atMs) - atMs,
    fromPerSecond: perSecond,
    toPerSecond: perSecond,
  }));
}
