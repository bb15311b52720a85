import type { ArmModel } from '@fleetfall/report/page/model/arm-model.ts';
import { modelOf } from '@fleetfall/report/page/model/run-model.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { ratesAt, windowAt } from '../src/page/client/reading.ts';

const arm = modelOf(tellRun()).arms[0] as ArmModel;
const lastMs = arm.load.endMs.at(-1) ?? 0;
const lengthMs = arm.load.windowMs.at(-1) ?? 0;
const last = arm.load.endMs.length - 1;

test('the newest load window stands on while the next may still come, and no longer', () => {
  expect(windowAt(arm, lastMs - lengthMs / 2)).toBe(last);
  expect(windowAt(arm, lastMs + lengthMs * 1.4)).toBe(last);
  expect(windowAt(arm, lastMs + lengthMs * 1.6)).toBeNull();
});

test('there is no load before its first window, and none without one', () => {
  const noLoad = modelOf(tellRun().filter(({ kind }) => kind !== 'load')).arms[0] as ArmModel;
  expect(windowAt(arm, arm.beginMs)).toBeNull();
  expect(ratesAt(noLoad, lastMs)).toBeNull();
});
