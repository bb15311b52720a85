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

const FRONT_END = { discoveryDelayMaxMs: 700, buildIntervalMs: 3_600, shardMapMaxAgeMs: 7_200 };

/** Settles a fleet of front-ends that are not heard of, or of none: then every change has shown at each of them. */
async function settled({
  isUndisturbed = true,
  silent = [],
  aborted,
}: {
  isUndisturbed?: boolean;
  silent?: readonly string[];
  aborted?: Error;
} = {}) {
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
    fleet: {
      view: { ...view, seen: () => undefined },
      members: () => silent.map((memberId) => ({ role: 'front-end', member: { spec: { memberId } } })),
      frontEnds: () => silent,
    },
    layout: { fleet: { frontEnd: FRONT_END, shards: 256 } } as unknown as ArmLayout,
    soFar: { isUndisturbed },
    record: (entry: unknown) => void records.push(entry),
  } as unknown as StepContext;
  await settle(context, 'ageing');
  expect(waitedMs[0]).toBe(settlingMs('ageing', FRONT_END as StepContext['layout']['fleet']['frontEnd']));
  return { records, waited: waitedMs.length };
}

test('what has shown is waited for no longer', async () => {
  expect(await settled()).toEqual({ records: [{ kind: 'settled', frontEnds: 0, seen: true }], waited: 1 });
});

test('what a fault does is given its time in full, and no error', async () => {
  const { records } = await settled({ isUndisturbed: false });
  expect(records).toEqual([{ kind: 'settled', frontEnds: 0, seen: false }]);
});

test('who still opens links is waited for besides, and what then did not come is no error', async () => {
  const { records, waited } = await settled({ silent: ['fe-01'] });
  expect(records).toEqual([{ kind: 'settled', frontEnds: 1, seen: false }]);
  expect(waited).toBe(2);
});

test('what ends the run ends the waiting', async () => {
  await expect(settled({ aborted: new Error('interrupted') })).rejects.toThrow('interrupted');
});
