/**
 * For how long `settle` waits: until a change is seen to have shown, and for as long as it may take where it is not.
 */
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import { settlingMs } from '@fleetfall/experiment/settling.ts';
import { expect, test } from 'vitest';
import type { Fleet } from '../src/fleet/fleet.ts';
import { StepTimeoutError } from '../src/fleet/fleet-view.ts';
import { settle } from '../src/method/steps/settle.ts';
import type { StepContext } from '../src/method/steps/step.ts';

const FRONT_END = { discoveryDelayMaxMs: 700, buildIntervalMs: 2_400, shardMapMaxAgeMs: 5_600 };

/** Settles a fleet without front-ends, in which every change has shown at each of them. */
async function settled({ isUndisturbed = true, aborted }: { isUndisturbed?: boolean; aborted?: Error } = {}) {
  const waitedMs: number[] = [];
  const records: unknown[] = [];
  const view: Pick<Fleet['view'], 'until'> = {
    until(_what, holds, timeoutMs) {
      waitedMs.push(timeoutMs);
      if (aborted !== undefined) return Promise.reject(aborted);
      return holds() ? Promise.resolve() : Promise.reject(new StepTimeoutError('in vain'));
    },
  };
  const context = {
    fleet: { view, members: () => [], frontEnds: () => [] },
    layout: { fleet: { frontEnd: FRONT_END, shards: 256 } } as unknown as ArmLayout,
    soFar: { isUndisturbed },
    record: (entry: unknown) => void records.push(entry),
  } as unknown as StepContext;
  await settle(context, 'ageing');
  expect(waitedMs).toEqual([settlingMs('ageing', FRONT_END as StepContext['layout']['fleet']['frontEnd'])]);
  return records;
}

test('what has shown is waited for no longer', async () => {
  expect(await settled()).toEqual([{ kind: 'settled', frontEnds: 0, seen: true }]);
});

test('what a fault does is given its time in full, and no error', async () => {
  expect(await settled({ isUndisturbed: false })).toEqual([{ kind: 'settled', frontEnds: 0, seen: false }]);
});

test('what ends the run ends the waiting', async () => {
  await expect(settled({ aborted: new Error('interrupted') })).rejects.toThrow('interrupted');
});
