/**
 * Writes rules.test.yml: what the alert rules must say of the recorded fall. Run by `npm run rules`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { type Expected, ruleTests } from './rule-tests.ts';

const RECORDED = join(import.meta.dirname, '../../test/fixtures/small-run.ndjson.gz');

/** Of the run in `test/fixtures`, as promtool finds it. */
export const OF_THE_RECORDED_RUN: Expected = {
  leadSeconds: 255,
  atFirstAlert: { ThreadExhaustionPredicted: 1 },
  atFirstRefusal: { ThreadExhaustionPredicted: 4, ThreadHeadroomLow: 4, ThreadsRefused: 1 },
  atEndOfOutage: {
    RequestsNotRouted: 6,
    ShardMapStale: 4,
    ThreadExhaustionPredicted: 4,
    ThreadHeadroomLow: 6,
    ThreadsRefused: 4,
  },
  atEndOfRemoval: { RequestsNotRouted: 3, ShardMapStale: 3 },
};

export function recordedRun(): JournalRecord[] {
  const lines = gunzipSync(readFileSync(RECORDED)).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JournalRecord);
}

if (import.meta.main) {
  writeFileSync(
    join(import.meta.dirname, 'rules.test.yml'),
    await ruleTests(recordedRun(), OF_THE_RECORDED_RUN),
  );
}
