/**
 * Conditions on a run's figures: what its steady state is, and what ends it early. What a load shows has the names that
 * thresholds give it (`protocol/threshold.ts`), a fleet's figures have names of their own; each has one unit. How a
 * figure is measured from the journal is the claims'.
 */
import {
  isDuration,
  parseThresholdMetric,
  THRESHOLD_METRIC_PATTERN,
  type ThresholdMetric,
} from '@fleetfall/protocol/threshold.ts';
import { z } from 'zod';
import { bound, duration, word } from './fields.ts';
import type { Bound, Quantity } from './quantity.ts';

/** The other figures that a condition can be on, with what each is and is measured in. */
const OTHER_METRICS = {
  'ok-rate': { of: 'rate', meaning: 'requests that ended well, a second' },
  dropped: { of: 'rate', meaning: 'requests that were due and not sent since too many hung, a second' },
  refusals: { of: 'count', meaning: "threads that the kernel refused to front-ends since the arm's start" },
  tasks: { of: 'count', meaning: 'most tasks of any front-end' },
  'front-ends': { of: 'count', meaning: 'front-ends that run' },
  'map-age': { of: 'duration', meaning: 'oldest shard-map of any front-end' },
  completeness: { of: 'share', meaning: 'least share of shards that any front-end has an owner for' },
} as const satisfies Readonly<Record<string, { readonly of: Quantity; readonly meaning: string }>>;

export type OtherMetric = keyof typeof OTHER_METRICS;

/** A metric as it was read. */
export type Metric =
  | { readonly kind: 'threshold'; readonly of: 'share' | 'duration'; readonly metric: ThresholdMetric }
  | { readonly kind: 'other'; readonly of: Quantity; readonly metric: OtherMetric };

/** Reads the name of a metric; null when it is none. */
export function readMetric(name: string): Metric | null {
  if (isOther(name)) return { kind: 'other', of: OTHER_METRICS[name].of, metric: name };
  const metric = parseThresholdMetric(name);
  return metric && { kind: 'threshold', of: isDuration(metric) ? 'duration' : 'share', metric };
}

const isOther = (name: string): name is OtherMetric => Object.hasOwn(OTHER_METRICS, name);

const otherNames = Object.keys(OTHER_METRICS).join(', ');
const metric = z
  .string('must be text')
  .refine((name) => readMetric(name) !== null, {
    error: `must be one of goodput, errors, errors{ServiceUnavailable} or another outcome, p50, p99, p99.9 or another percentile, max, service.p99, ${otherNames}`,
  })
  .meta({
    description:
      'the figure that is looked at: goodput and errors are shares of the requests that ended, those that could not be sent among them; p50 to p99.999 and max the latency from the intended send, service.p99 that from the actual one; ' +
      Object.entries(OTHER_METRICS)
        .map(([name, { meaning }]) => `${name}: ${meaning}`)
        .join('; '),
    pattern: `^(${THRESHOLD_METRIC_PATTERN}|${Object.keys(OTHER_METRICS).join('|')})$`,
    examples: ['goodput', 'errors', 'errors{ServiceUnavailable}', 'p99', ...Object.keys(OTHER_METRICS)],
  });

/** How a bound on each kind of figure is written. */
const WRITTEN: Readonly<Record<Quantity, string>> = {
  share: "a percentage, such as '>= 99%'",
  duration: "a duration with its unit, such as '< 200ms'",
  rate: "a rate, such as '> 100/s'",
  count: "a number without a unit, such as '<= 20'",
};

export const conditionSchema = z
  .strictObject({
    metric,
    is: bound.meta({
      description: "the bound it is held against, in the metric's unit, such as '>= 99%' or '< 50ms'",
    }),
    for: duration(100, 600_000).prefault('1s').meta({
      description:
        'how long it has to hold without a break; a latency is that of all requests of so long together',
    }),
    after: duration(0, 3_600_000).prefault('0ms').meta({
      description:
        'since the load began, or for what needs no load since the fleet was up: before that it is not looked at',
    }),
    cohort: word('incumbent', 'newcomer')
      .optional()
      .meta({ description: 'of requests to these front-ends alone: goodput, errors and ok-rate' }),
  })
  .superRefine((condition, context) => {
    const refuse = (field: string, message: string): void =>
      void context.addIssue({ code: 'custom', path: [field], message });
    const read = readMetric(condition.metric);
    if (read === null) return;
    const misfit = boundMisfit(read.of, condition.is);
    if (misfit !== null) refuse('is', misfit);
    if (condition.cohort !== undefined && !isByCohort(read))
      refuse('cohort', `must be left out: ${condition.metric} is not told by cohort`);
  });
/** A condition as it was read: durations in milliseconds. */
export type Condition = z.output<typeof conditionSchema>;

function boundMisfit(of: Quantity, is: Bound): string | null {
  if (is.of !== of) return `must be ${WRITTEN[of]}`;
  return of === 'share' && is.value > 1 ? 'must be at most 100%' : null;
}

/** Requests are counted by the front-end that they went to; durations, and what went to nobody, are not. */
function isByCohort(read: Metric): boolean {
  if (read.kind === 'other') return read.metric === 'ok-rate';
  return read.of === 'share';
}
