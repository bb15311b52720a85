/**
 * Fits an experiment's times to this host, where the experiment leaves them to it, and says by how much.
 */
import type { ReadExperiment } from '@fleetfall/experiment/read-experiment.ts';
import { stretched, stretchOf, wantsStretchMeasured } from '@fleetfall/experiment/stretch.ts';
import { measureThreadPace, stretchFor } from '../host/thread-pace.ts';

export interface FittedExperiment {
  readonly read: ReadExperiment;
  /** What its times were multiplied by. */
  readonly stretch: number;
}

/**
 * @param tell is told by how much, where it is by anything.
 * @throws SettingsError when a time is then beyond what is allowed.
 */
export async function stretchToHost(
  read: ReadExperiment,
  tell: (message: string) => void,
): Promise<FittedExperiment> {
  if (!wantsStretchMeasured(read)) return { read: stretched(read, 1), stretch: stretchOf(read, 1) };
  const { threadPace } = read.experiment;
  const perThreadMs = await measureThreadPace();
  const stretch = stretchFor(perThreadMs, threadPace);
  if (stretch > 1) {
    tell(
      `this host takes ${perThreadMs.toFixed(0)} ms for a thread, and the fleet's times were chosen for ${threadPace} ms: they are stretched ${stretch} times (--stretch 1: as they are written)`,
    );
  }
  return { read: stretched(read, stretch), stretch };
}
