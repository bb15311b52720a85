/**
 * The fleet that a keeper holds, from its start to its end. A fleet that ends by itself, since a part of it broke or a
 * stop condition held, is taken down at once; its keeper stays to tell why, until it is told to end.
 */
import { driveFleet } from '../api/drive.ts';
import { type OpenRun, openRun } from '../api/open-run.ts';
import type { RunningFleet } from '../api/running-fleet.ts';
import type { Account } from '../cli/account.ts';
import type { Drill } from '../drill/drill.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import type { KeeperOrder } from './messages.ts';

/** The fleet was asked for something after its end. The message says how that came, and where its journal is. */
class FleetEndedError extends Error {
  override readonly name = 'FleetEndedError';
}

export interface HeldFleet {
  /** Resolves when the fleet is up and has gone through its phases; rejects with what kept it from that. */
  readonly up: Promise<RunningFleet>;
  /** Resolves when everything is taken down and the keeper has nothing left to do. */
  readonly over: Promise<void>;
  /** Asks the running fleet. @throws the reason when it has ended */
  running(): Promise<RunningFleet>;
  /**
   * Takes everything down. Idempotent: the first call's reason counts.
   * @param why what ended it; nothing when it was asked for.
   * @throws what could not be taken down.
   */
  end(why?: Error): Promise<void>;
}

/**
 * Starts to bring the fleet of an order up.
 * @param drill what is to be made of it, then; null for nothing.
 * @param environment in which its engine is looked for.
 */
export function holdFleet(
  { layout, folder }: KeeperOrder,
  account: Account,
  drill: Drill | null,
  environment: EngineEnvironment,
): HeldFleet {
  const stopping = new AbortController();
  const over = Promise.withResolvers<void>();
  let run: OpenRun | undefined;
  let endOfRun: Promise<void> | undefined;
  let ending: Promise<void> | undefined;

  async function bringUp(): Promise<RunningFleet> {
    const opened = await openRun({
      layout,
      folder,
      onProgress: account.say,
      journalPath: drill?.journal,
      onRecord(record) {
        const shown = drill === null ? record : drill.heed(record);
        if (shown !== null) account.heed(shown);
      },
      environment,
      signal: stopping.signal,
    });
    const [{ method }] = layout.arms;
    try {
      await opened.arm.start();
      await opened.arm.reachSteadyState();
      for (const { phase, steps } of method)
        await opened.arm.inPhase(phase, () => opened.arm.runSteps(steps));
      await drill?.begin(opened);
      opened.arm.signal.throwIfAborted();
    } catch (error) {
      await opened.end(error);
      throw error;
    }
    run = opened;
    opened.arm.signal.addEventListener('abort', () => endRun(), { once: true });
    return driveFleet(opened, true);
  }

  /** Its rejection is for whoever asks for the end. */
  function endRun(why?: Error): void {
    endOfRun ??= run?.end(why);
    endOfRun?.catch(() => undefined);
  }

  async function end(why?: Error): Promise<void> {
    // First the end, then the signal: what is asked for in order is no failure.
    endRun(why);
    stopping.abort(why ?? new Error('it was taken down'));
    try {
      await Promise.allSettled([up]);
      await endOfRun;
    } finally {
      over.resolve();
    }
  }

  const up = bringUp();
  // Told to those who wait for it, and by the end of the keeper.
  up.catch(() => over.resolve());
  return {
    up,
    over: over.promise,
    async running() {
      const fleet = await up;
      if (!fleet.signal.aborted) return fleet;
      const { reason } = fleet.signal;
      const why = reason instanceof Error ? reason.message : String(reason);
      throw new FleetEndedError(`the fleet has ended: ${why}; its journal: ${fleet.journal}`, {
        cause: reason,
      });
    },
    end(why) {
      ending ??= end(why);
      return ending;
    },
  };
}
