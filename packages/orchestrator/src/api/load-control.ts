/**
 * The load of a running fleet, started and stopped, and what users get of the fleet under it.
 */
import { type Goodput, goodputOfWindows, type LoadWindow } from '@fleetfall/claims/goodput.ts';
import { weighCounts } from '@fleetfall/claims/load-evidence.ts';
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import { parseDurationMs } from '@fleetfall/experiment/quantity.ts';
import { layOutScript } from '@fleetfall/experiment/script.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { historyPathOf } from '../method/history-keeper.ts';
import { watchLoad } from '../method/load-windows.ts';
import { endLoad, startLoad } from '../method/service.ts';
import type { Duration, LoadFields } from './fleet-options.ts';
import type { OpenRun } from './open-run.ts';
import { type FleetLoad, InvalidLoadError, type LoadTotals } from './running-fleet.ts';

/** The load closes a window twice a second; one that comes so late does not come. */
const WINDOW_LATE_MS = 5_000;
const MEASURED_MAX_MS = 600_000;

export interface LoadControl extends FleetLoad {
  /** See `RunningFleet.goodput`. */
  measure(over: Duration): Promise<Goodput>;
}

/** @param running whether the load was started with the fleet. */
export function controlLoad({ arm, layout, journal }: OpenRun, isRunning: boolean): LoadControl {
  const [{ fleet: own, name }] = layout.arms;
  let running = isRunning;
  /** Records: of a put of many, each. */
  let writtenBefore = 0;
  let batch = own.batch;
  let verifies = own.verifies;

  return {
    get running() {
      return running;
    },
    async start(load) {
      arm.signal.throwIfAborted();
      if (running) throw new SettingsError('load.start: the load is running: stop it first');
      const wanted = load === undefined ? own : fieldsOf(load, own);
      startLoad(arm.fleet, { ...own, ...wanted }, writtenBefore);
      batch = wanted.batch ?? own.batch;
      verifies = wanted.verifies ?? own.verifies;
      running = true;
    },
    async stop() {
      arm.signal.throwIfAborted();
      if (!running) throw new SettingsError('load.stop: the load is not running');
      running = false;
      const { totals, readBack } = await endLoad(arm.fleet, { verifies });
      const { offered, sent, dropped, ok } = totals;
      writtenBefore += sent * batch;
      const history = verifies ? historyPathOf(journal.path, name) : null;
      return { offered, sent, dropped, ok, readBack: readBack && verified(readBack), history };
    },
    async measure(over) {
      arm.signal.throwIfAborted();
      const overMs = durationOf(over);
      if (!running) throw new SettingsError('goodput: the load is not running: there is nothing to measure');
      const { promise, resolve, reject } = Promise.withResolvers<Goodput>();
      const windows: LoadWindow[] = [];
      let measuredMs = 0;
      using _listening = watchLoad(journal, name, (window) => {
        windows.push(window);
        measuredMs += window.load.windowMs;
        if (measuredMs < overMs) return;
        const { fair, invalid } = weighCounts(windows, ({ load }) => load);
        const goodput = goodputOfWindows(fair);
        if (invalid !== null) reject(new InvalidLoadError(`goodput: ${invalid}`));
        else if (goodput !== null) resolve(goodput);
      });
      const late = setTimeout(
        () =>
          reject(
            new Error(`goodput: the load told of ${windows.length} windows in ${overMs + WINDOW_LATE_MS} ms`),
          ),
        overMs + WINDOW_LATE_MS,
      );
      const aborted = (): void => reject(arm.signal.reason);
      arm.signal.addEventListener('abort', aborted, { once: true });
      try {
        return await promise;
      } finally {
        clearTimeout(late);
        arm.signal.removeEventListener('abort', aborted);
      }
    },
  };
}

function fieldsOf(load: LoadFields, own: FleetLayout): Partial<FleetLayout> {
  const read = layOutScript({ load }, '').arms[0].fleet;
  const ownSchedule = load.rate === undefined;
  if (ownSchedule && load.spike !== undefined)
    throw new SettingsError(`load.start: spike '${load.spike}': is laid over a rate: give load.rate too`);
  return {
    ratePerSecond: ownSchedule ? own.ratePerSecond : read.ratePerSecond,
    stages: ownSchedule ? own.stages : read.stages,
    arrivals: load.arrivals === undefined ? own.arrivals : read.arrivals,
    recordBytes: load.recordSize === undefined ? own.recordBytes : read.recordBytes,
    client: load.client === undefined ? own.client : read.client,
    balance: load.balance === undefined ? own.balance : read.balance,
    batch: load.batch === undefined ? own.batch : read.batch,
    keys: load.keys === undefined ? own.keys : read.keys,
    verifies: load.verify === undefined ? own.verifies : read.verifies,
    readFraction: load.reads === undefined ? own.readFraction : read.readFraction,
  };
}

function verified({
  acknowledged,
  lost,
  duplicated,
  outOfOrder,
}: Extract<LoadRecord, { kind: 'read-back' }>): NonNullable<LoadTotals['readBack']> {
  return { acknowledged, lost, duplicated, outOfOrder };
}

function durationOf(over: Duration): number {
  const overMs = readDurationMs(over, 'goodput');
  if (overMs > 0 && overMs <= MEASURED_MAX_MS) return overMs;
  throw new SettingsError(`goodput: over '${over}': must be above 0 and at most ${MEASURED_MAX_MS}ms`);
}

/** @throws SettingsError when it is no duration. */
export function readDurationMs(text: string, place: string): number {
  try {
    return parseDurationMs(text);
  } catch (error) {
    throw new SettingsError(`${place}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
