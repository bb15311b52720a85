/**
 * Conditions on a run's figures: what its steady state is, and what ends it early. Which figure a metric is, is
 * measured from the journal by the claims; here it has its name and its meaning.
 */
import { z } from 'zod';
import { bound, duration, word } from './fields.ts';

/** The metrics that a condition can be on, with what each measures over its `for`. */
export const METRICS = {
  goodput: 'requests that ended well ÷ requests that ended, as a percentage',
  'error-rate': 'requests that failed ÷ requests that ended, as a percentage',
  'ok-rate': 'requests that ended well, a second',
  'latency-p50': 'of requests that ended well, from their intended send; the median, a duration',
  'latency-p99': 'the same, 99th percentile',
  dropped: 'requests that were due and not sent since too many hung, a second',
  refusals: "threads that the kernel refused to front-ends since the arm's start",
  tasks: 'most tasks of any front-end',
  'front-ends': 'front-ends that run',
  'map-age': 'oldest shard-map of any front-end',
  completeness: 'least share of shards that any front-end has an owner for, as a percentage',
} as const;
export type Metric = keyof typeof METRICS;

const metricNames = Object.keys(METRICS) as [Metric, ...Metric[]];

export const conditionSchema = z.strictObject({
  metric: word(...metricNames).meta({ description: 'the figure that is looked at' }),
  is: bound.meta({ description: "the bound it is held against, such as '>= 99%'" }),
  for: duration(100, 600_000).prefault('1s').meta({ description: 'how long it has to hold without a break' }),
  after: duration(0, 3_600_000)
    .prefault('0ms')
    .meta({ description: 'since the load began: before that it is not looked at' }),
});
/** A condition as it was read: durations in milliseconds. */
export type Condition = z.output<typeof conditionSchema>;
