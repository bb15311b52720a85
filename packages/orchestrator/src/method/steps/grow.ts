/**
 * `grow`: newcomers join the fleet, once, or again and again until the kernel refuses some front-end a thread, or by
 * the sizes by which another arm grew.
 */
import type { Settling, StepArgs } from '@fleetfall/experiment/steps.ts';
import { comesOrNot } from '../../fleet/fleet-view.ts';
import { UntriedError } from '../endings.ts';
import { meshed, streamKnown } from '../service.ts';
import { settle } from './settle.ts';
import type { StepContext } from './step.ts';

/** Growth goes so far past the predicted size when nothing broke there: a wrong prediction is to be seen as one. */
const SIZES_PAST_PREDICTION = 2;

export async function grow(context: StepContext, args: StepArgs<'grow'>): Promise<void> {
  if (args.as !== undefined) return growAs(context, args.as, args.settle);
  const { fleet, signal } = context;
  const size = (): number => fleet.frontEnds().length;
  const bound = args.until === undefined ? roomFor(context, args.by ?? 1) : boundOf(context, args);
  do {
    if (args.until !== undefined && (size() >= bound || isSomeRefused(context))) return;
    await add(context, Math.min(args.by ?? 1, bound - size()));
    if (args.settle !== undefined) await settle(context, args.settle);
    signal.throwIfAborted();
  } while (args.until !== undefined);
}

async function add({ fleet, grown }: StepContext, count: number): Promise<void> {
  await fleet.add(count, 'newcomer');
  grown.push(fleet.frontEnds().length);
}

/**
 * The size that a growth by so many comes to.
 * @throws UntriedError when the fleet may not be so large: growth before it went further than was planned.
 */
function roomFor({ layout, fleet }: StepContext, by: number): number {
  const { frontEndsMax } = layout.fleet;
  const size = fleet.frontEnds().length + by;
  if (size <= frontEndsMax) return size;
  throw new UntriedError(
    `the fleet was not grown by ${by}, to ${size} front-ends: frontEndsMax is ${frontEndsMax}`,
  );
}

/** Where growth ends when no thread is refused before. */
function boundOf({ layout, prediction, fleet }: StepContext, { orTo }: StepArgs<'grow'>): number {
  const { frontEndsMax } = layout.fleet;
  const breaks = layout.expect.kind === 'outage' ? (prediction?.high ?? null) : null;
  if (breaks !== null) return Math.min(frontEndsMax, breaks + SIZES_PAST_PREDICTION);
  return Math.min(frontEndsMax, Math.max(orTo ?? 0, fleet.frontEnds().length + 1));
}

/** Whether the kernel refused a thread to any front-end since it booted. */
function isSomeRefused({ fleet }: StepContext): boolean {
  return fleet.view.frontEnds().some(({ kernel }) => (kernel?.limitHits ?? 0) > 0);
}

/** By the sizes of another arm, each linked before the next; behind the last, what is to be waited for as well. */
async function growAs(context: StepContext, arm: string, until: Settling | undefined): Promise<void> {
  const { fleet, grownBy, signal } = context;
  const sizes = grownBy.get(arm) ?? [];
  for (const size of sizes) {
    await add(context, size - fleet.frontEnds().length);
    const isLast = size === sizes.at(-1);
    await Promise.all([linked(context), isLast && until !== undefined ? settle(context, until) : undefined]);
    signal.throwIfAborted();
  }
}

/**
 * Waits until the fleet is linked and its maps hold an owner for every shard: a map from before the last link was open
 * lacks what is heard by it. A fleet that never comes so far goes on, and is judged as it stands.
 */
async function linked({ fleet, layout }: StepContext): Promise<void> {
  await comesOrNot(meshed(fleet, layout.fleet.frontEnd));
  await comesOrNot(streamKnown(fleet, layout.fleet));
}
