/**
 * What the rules must say of a recorded fall, as a test file of promtool: nothing of a healthy fleet, the exhaustion
 * a stated time before the kernel refuses the first thread, the refusals, and nothing again when all is well.
 */
import { phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import { firstRefusal, refusalsOf } from '@fleetfall/claims/refusals.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { stringify } from 'yaml';
import { inputSeries, SCRAPE_SECONDS, STRETCH, scrapedAtSeconds } from './recorded-fall.ts';

/** How many front-ends an alert fires for, by alert. */
type Firing = Readonly<Record<string, number>>;

/** What is expected of the recorded run. Times are stretched, as its series are. */
export interface Expected {
  /** From the first alert of exhaustion to the scrape that first shows a refused thread. */
  readonly leadSeconds: number;
  readonly atFirstAlert: Firing;
  readonly atFirstRefusal: Firing;
  readonly atEndOfOutage: Firing;
  /** The added front-ends are gone, and nothing is well. */
  readonly atEndOfRemoval: Firing;
}

const FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})';

/** The test file. @throws when the run has no refused thread, or lacks a phase. */
export async function ruleTests(
  records: readonly JournalRecord[],
  expected: Expected,
  rules = 'rules.yml',
): Promise<string> {
  const refusal = firstRefusal(refusalsOf(records, 'main'));
  const outage = phaseSpan(records, 'main', 'outage');
  const removal = phaseSpan(records, 'main', 'removal');
  const recovery = phaseSpan(records, 'main', 'recovery');
  if (refusal === undefined || outage === undefined || removal === undefined || recovery === undefined) {
    throw new Error(
      'Cannot test rules by a run without a refused thread, an outage, a removal and a recovery',
    );
  }
  const refusedAt = scrapedAtSeconds(refusal.firstMonoMs);
  const alertAt = refusedAt - expected.leadSeconds;
  const firing = (atSeconds: number, alerts: Firing): object => ({
    expr: FIRING,
    eval_time: `${atSeconds}s`,
    exp_samples: Object.entries(alerts).map(([alertname, value]) => ({
      labels: `{alertname="${alertname}"}`,
      value,
    })),
  });
  const test = {
    interval: `${SCRAPE_SECONDS}s`,
    input_series: await inputSeries(records),
    promql_expr_test: [
      firing(alertAt - SCRAPE_SECONDS, {}),
      firing(alertAt, expected.atFirstAlert),
      firing(refusedAt, expected.atFirstRefusal),
      firing(scrapedAtSeconds(outage.endMs), expected.atEndOfOutage),
      firing(scrapedAtSeconds(removal.endMs), expected.atEndOfRemoval),
      firing(scrapedAtSeconds(recovery.endMs), {}),
    ],
  };
  const seconds = (value: number): string => `${value} s (${(value / STRETCH).toFixed(2)} s of the run)`;
  return [
    '# Made by: npm run rules. A recorded fall, 1 s of the run a minute here; try it: promtool test rules rules.test.yml',
    `# The exhaustion of threads is told ${seconds(expected.leadSeconds)} before the first refused thread is seen.`,
    stringify(
      { rule_files: [rules], evaluation_interval: `${SCRAPE_SECONDS}s`, tests: [test] },
      { lineWidth: 0 },
    ),
  ].join('\n');
}
