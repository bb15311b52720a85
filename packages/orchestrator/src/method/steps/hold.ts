/**
 * `hold`: the fleet is left as it is, and what the load sees of it is what it is held for. Where most of that is void by
 * the load's own doing, as on a host that stood still, it is held for the same time again, and the journal says so: a
 * measurement that failed by itself is made anew, and whatever it then shows stands.
 */
import type { LoadWindow } from '@fleetfall/claims/goodput.ts';
import { weighCounts } from '@fleetfall/claims/load-evidence.ts';
import { LOAD_WINDOW_MS } from '@fleetfall/protocol/load-stdio.ts';
import { hold } from '../hold.ts';
import { watchLoad } from '../load-windows.ts';
import type { StepContext } from './step.ts';

/** A host on which a load cannot keep its schedule by then is not one to measure on; the verdict says so. */
const HELD_TIMES_MAX = 4;
/** What that may add: a method is planned, and its load bounded, without it. */
const HELD_AGAIN_MS_MAX = 10_000;
/** A hold of this length has a window of the load in it, whole. */
const WINDOWED_FROM_MS = 2 * LOAD_WINDOW_MS;

export async function holdWatched(
  {
    layout,
    journal,
    soFar,
    record,
    signal,
  }: Pick<StepContext, 'layout' | 'journal' | 'soFar' | 'record' | 'signal'>,
  durationMs: number,
): Promise<void> {
  const windows: LoadWindow[] = [];
  using _watching = watchLoad(journal, layout.name, (window) => windows.push(window));
  const voidReason = (): string | null => {
    const isUnseen =
      windows.length === 0 && soFar.loadBeganMs !== undefined && durationMs >= WINDOWED_FROM_MS;
    return isUnseen ? 'the load told of no window' : weighCounts(windows, ({ load }) => load).invalid;
  };
  for (let times = 1; ; times += 1) {
    await hold(durationMs, signal);
    const reason = voidReason();
    if (reason === null || times === HELD_TIMES_MAX || times * durationMs > HELD_AGAIN_MS_MAX) return;
    record({ kind: 'held-again', reason });
  }
}
