import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ArmModel } from '@fleetfall/report/page/model/arm-model.ts';
import type { LooseRecord } from '@fleetfall/report/page/model/loose-records.ts';
import { modelOf } from '@fleetfall/report/page/model/run-model.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { alarmsOf } from '../src/page/client/alarms.ts';

const main = (records: readonly LooseRecord[]): ArmModel => modelOf(records).arms[0] as ArmModel;
const firstOf = (arm: ArmModel, name: string): number | null =>
  alarmsOf(arm).find((alarm) => alarm.name === name)?.firstMs ?? null;

test('each alarm fires in its turn: warnings, then refusals, then maps out of date', () => {
  const arm = main(tellRun());
  const refusedMs = arm.firsts.refusal?.atMs ?? Number.NaN;
  expect(firstOf(arm, 'ThreadHeadroomLow')).toBeLessThan(refusedMs);
  expect(Math.abs((firstOf(arm, 'ThreadsRefused') ?? 0) - refusedMs)).toBeLessThanOrEqual(arm.grid.stepMs);
  expect(firstOf(arm, 'ShardMapStale')).toBeGreaterThan(refusedMs);
});

test('a fleet whose threads do not grow fires none', () => {
  const arm = main(tellRun({ threadsPerPeer: 0 }));
  expect(alarmsOf(arm).filter(({ firstMs }) => firstMs !== null)).toEqual([]);
});

test('tells of the recorded fall as early as the rules do in their own test', () => {
  const file = join(import.meta.dirname, '../../../test/fixtures/small-run.ndjson.gz');
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const arm = main(lines.map((line) => JSON.parse(line) as LooseRecord));
  const leadMs = (arm.firsts.refusal?.atMs ?? 0) - (firstOf(arm, 'ThreadExhaustionPredicted') ?? 0);
  expect(Math.abs(leadMs - statedLeadMs())).toBeLessThanOrEqual(2 * arm.grid.stepMs);
});

/** What the rules' own test, made by promtool's reckoning, states: seconds of the rules, a minute for one of the run. */
function statedLeadMs(): number {
  const text = readFileSync(join(import.meta.dirname, '../../../docker/prometheus/rules.test.yml'), 'utf8');
  const [, seconds] = /is told (\d+) s /.exec(text) ?? [];
  return (Number(seconds) * 1_000) / 60;
}
