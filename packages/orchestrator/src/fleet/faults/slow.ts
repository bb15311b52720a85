/**
 * Makes what passes between two sides slow or lossy. A delay is credited when measured round trips have grown by
 * most of it, a loss when the kernel has counted packets that it dropped.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { NetworkRules, Reach } from '../../runtime/member-network.ts';
import type { FaultContext, FaultMaker } from './fault-maker.ts';
import { readRules } from './rules-evidence.ts';
import { askAcross, type Sides, sidesOf, wayOf } from './sides.ts';

const DELAY_MAX_MS = 60_000;
const LOSS_MAX_PERCENT = 99;
/** Their median is taken. */
const TRIES = 5;
/** What a timer and a busy machine may take off a measured delay. */
const DELAY_SHOWN = 0.8;
/** Lifted: nearer to what it was than to what it had become. */
const DELAY_LEFT = 0.5;
/** Rounds of asking until a packet is lost: at 1 %, some 50 packets a way and round, 20 rounds lose one almost surely. */
const LOSS_ROUNDS_MAX = 20;

interface Path {
  readonly sides: Sides;
  readonly before: ReadonlyMap<string, Reach>;
}

export const slow: FaultMaker<'slow'> = {
  endsWithFleet: false,
  async install({ from, delayMs, lossPercent }, members, wayBack, context) {
    assertMeasure('delayMs', delayMs, DELAY_MAX_MS);
    assertMeasure('lossPercent', lossPercent, LOSS_MAX_PERCENT);
    if (delayMs === undefined && lossPercent === undefined) {
      throw new SettingsError("slow: one of 'delayMs' and 'lossPercent' must be given");
    }
    const { crew, runtimeFleet, faultId, signal } = context;
    const { network } = runtimeFleet;
    const sides = sidesOf('slow', members, from, crew);
    const asked = await askAcross(sides, TRIES, crew, network);
    const before = new Map(
      asked.filter(({ failure }) => failure === null).map((each) => [wayOf(each), each]),
    );
    signal.throwIfAborted();
    const rules: NetworkRules[] = [];
    if (delayMs !== undefined) {
      const delayed = await network.delay(`${faultId}-delay`, sides.left, sides.right, delayMs);
      wayBack.defer(() => delayed.remove());
      rules.push(delayed);
    }
    // Seen before anything is lost: a packet that is sent again takes longer than any delay.
    const path: Path = { sides, before };
    const shown = delayMs === undefined ? [] : await seeDelay(path, delayMs, true, context);
    let lossy: NetworkRules | undefined;
    if (lossPercent !== undefined) {
      lossy = await network.drop(`${faultId}-loss`, sides.left, sides.right, lossPercent / 100);
      wayBack.defer(() => (lossy as NetworkRules).remove());
      rules.push(lossy);
    }
    return {
      means: rules.map(({ means }) => means).join(' and '),
      readBack: async (inForce) =>
        (await Promise.all(rules.map((each) => readRules(faultId, each, inForce)))).flat(),
      async seeEffect(inForce) {
        if (!inForce) return seeDelay(path, delayMs ?? 0, false, context);
        return lossy === undefined ? shown : [...shown, await seeLoss(path, lossy, context)];
      },
    };
  },
};

/** Round trips of the ways that were open before. Without a delay it is enough that they are open. */
async function seeDelay(
  { sides, before }: Path,
  delayMs: number,
  inForce: boolean,
  { crew, runtimeFleet }: FaultContext,
): Promise<FaultEvidence[]> {
  const reached = await askAcross(sides, TRIES, crew, runtimeFleet.network);
  return reached.flatMap((each) => {
    const wasMs = before.get(wayOf(each))?.roundTripMs;
    if (wasMs === undefined || wasMs === null) return [];
    const nowMs = each.roundTripMs;
    const grownMs = nowMs === null ? null : nowMs - wasMs;
    const isSlow = grownMs !== null && grownMs >= DELAY_SHOWN * delayMs;
    const isQuick = grownMs !== null && (delayMs === 0 || grownMs < DELAY_LEFT * delayMs);
    return [
      {
        of: wayOf(each),
        reading: inForce ? 'median round trip, ms' : 'median round trip, ms, before the fault and after it',
        before: round(wasMs),
        after: nowMs === null ? each.failure : round(nowMs),
        holds: inForce ? isSlow : isQuick,
      },
    ];
  });
}

async function seeLoss(
  { sides }: Path,
  rules: NetworkRules,
  { crew, runtimeFleet, signal }: FaultContext,
): Promise<FaultEvidence> {
  let dropped = 0;
  for (let round = 0; round < LOSS_ROUNDS_MAX && dropped === 0; round += 1) {
    await askAcross(sides, TRIES, crew, runtimeFleet.network);
    signal.throwIfAborted();
    dropped = (await rules.read())?.hits ?? 0;
  }
  const of = `${sides.left.join(', ')} ↔ ${sides.right.join(', ')}`;
  return { of, reading: 'packets that the kernel dropped', before: 0, after: dropped, holds: dropped > 0 };
}

function assertMeasure(field: string, value: number | undefined, max: number): void {
  if (value === undefined || (value >= 1 && value <= max)) return;
  throw new SettingsError(`slow: ${field} must be from 1 to ${max}: current value is ${value}`);
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
