/**
 * Drives an open run: every call is validated as the same step of an experiment would be, and does what it does.
 */
import { readCondition, readPhaseName, readStep } from '@fleetfall/experiment/script.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { readTargets } from '@fleetfall/experiment/targets.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import { comeAbout } from '../method/conditions.ts';
import type { Duration, GrowFields } from './fleet-options.ts';
import { statusOf } from './fleet-status.ts';
import { controlLoad, readDurationMs } from './load-control.ts';
import type { OpenRun } from './open-run.ts';
import { ConditionTimeoutError, type RunningFleet } from './running-fleet.ts';

/** Errors begin with it: «fleet: grow.by '0': must be …». */
const PLACE = 'fleet';
const UNTIL_DEFAULT: Duration = '30s';
const MEASURED_DEFAULT: Duration = '1s';

/** @param loadRuns whether the load was started with the fleet. */
export function driveFleet(run: OpenRun, loadRuns: boolean): RunningFleet {
  const { arm, layout, journal } = run;
  const { fleet, signal } = arm;
  const [{ name, fleet: fields }] = layout.arms;
  const load = controlLoad(run, loadRuns);

  /** One step, as a method would have it. */
  async function step(written: Readonly<Record<string, unknown>>): Promise<void> {
    const read = readStep(written, PLACE);
    signal.throwIfAborted();
    await arm.runSteps([read]);
  }

  function assertRoom({ by, ...rest }: GrowFields): void {
    if ('as' in rest) throw new SettingsError(`${PLACE}: grow.as: is for the arms of an experiment alone`);
    const now = fleet.frontEnds().length;
    if (now + by <= fields.frontEndsMax) return;
    throw new SettingsError(
      `${PLACE}: grow.by '${by}': there are ${now} front-ends and frontEndsMax is ${fields.frontEndsMax}: must be at most ${fields.frontEndsMax - now}`,
    );
  }

  async function resume(memberId: string): Promise<readonly FaultOutcome[]> {
    const pauses = fleet
      .faults()
      .filter(({ fault, members }) => fault.kind === 'pause' && members.includes(memberId));
    if (pauses.length === 0) {
      const paused = fleet.faults().flatMap(({ fault, members }) => (fault.kind === 'pause' ? members : []));
      const those =
        paused.length === 0 ? 'no member is' : `those that are: ${[...new Set(paused)].join(', ')}`;
      throw new SettingsError(`'${memberId}' is not paused: ${those}`);
    }
    const healed: FaultOutcome[] = [];
    for (const { faultId } of pauses.toReversed()) healed.push(...(await fleet.heal(faultId)));
    return healed;
  }

  return {
    folder: run.folder,
    journal: journal.path,
    seed: layout.seed,
    signal,
    load,
    status: () => statusOf(run, load.running),
    async grow(by) {
      const grow = typeof by === 'number' ? { by } : by;
      readStep({ grow }, PLACE);
      assertRoom(grow);
      await step({ grow });
    },
    async shrink(which) {
      signal.throwIfAborted();
      if (typeof which === 'number' || isIds(which)) return fleet.shrink(which);
      const read = readStep({ shrink: which }, PLACE);
      return fleet.shrink(read.verb === 'shrink' ? read.args : which);
    },
    async restart(which = {}) {
      signal.throwIfAborted();
      if (isIds(which)) await fleet.restart(readTargets(which, 'restart'));
      else await step({ restart: which });
    },
    deploy: (fields) => step({ deploy: fields }),
    async setLimit(pidsMax, which) {
      signal.throwIfAborted();
      return fleet.setLimit(pidsMax, which === undefined ? undefined : readTargets(which, 'setLimit'));
    },
    async kill(which) {
      signal.throwIfAborted();
      return fleet.kill(readTargets(which, 'kill'));
    },
    async pause(which) {
      signal.throwIfAborted();
      return fleet.pause(readTargets(which, 'pause'));
    },
    async partition(which, from) {
      signal.throwIfAborted();
      const others = from === undefined ? undefined : readTargets(from, 'partition');
      return fleet.partition(readTargets(which, 'partition'), others);
    },
    async slow(which, { delay, lossPercent, from }) {
      signal.throwIfAborted();
      const targets = readTargets(which, 'slow');
      return fleet.slow(targets, {
        ...(delay === undefined ? {} : { delayMs: readDurationMs(delay, 'slow: delay') }),
        ...(lossPercent === undefined ? {} : { lossPercent }),
        ...(from === undefined ? {} : { from: readTargets(from, 'slow') }),
      });
    },
    resume,
    async heal(faultId = 'all') {
      signal.throwIfAborted();
      return fleet.heal(faultId);
    },
    settle: (until) => step({ settle: until }),
    hold: (duration) => step({ hold: duration }),
    async until(condition, { within = UNTIL_DEFAULT } = {}) {
      const read = readCondition(condition, 'until');
      const timeoutMs = readDurationMs(within, 'until: within');
      await comeAbout([read], {
        arm: name,
        soFar: arm.soFar,
        journal,
        timeoutMs,
        signal,
        onLate: (unmet) => new ConditionTimeoutError(`until: ${within} have passed: ${unmet}`),
      });
    },
    goodput: (over = MEASURED_DEFAULT) => load.measure(over),
    async phase(phase, act) {
      return arm.inPhase(readPhaseName(phase, PLACE), act);
    },
    [Symbol.asyncDispose]: () => run.end(),
  };
}

/** `Array.isArray` alone does not narrow a readonly array. */
function isIds(which: unknown): which is readonly string[] {
  return Array.isArray(which);
}
