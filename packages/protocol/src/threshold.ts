/**
 * The language in which somebody says what a service owes: `p99 < 50ms`, `goodput > 99%`,
 * `errors{ServiceUnavailable} < 1% for 5s delay 10s`. Parsing only; `journal/threshold-watch.ts` holds it against
 * seconds of a load. Pure.
 */

export type ThresholdMetric =
  /**
   * A percentile of the latency from the intended send, in milliseconds: of requests that ended well, and of those that
   * nobody answered, which took longer than any bound.
   */
  | { readonly kind: 'latency'; readonly percentile: number }
  /** The same from the actual send. */
  | { readonly kind: 'service'; readonly percentile: number }
  /** Requests that ended well ÷ requests that ended or were dropped, in percent. */
  | { readonly kind: 'goodput' }
  /** Requests that ended otherwise ÷ the same, in percent; of one outcome where `outcome` is not null. */
  | { readonly kind: 'errors'; readonly outcome: string | null };

export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly metric: ThresholdMetric;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** Milliseconds for a latency, else percent. */
  readonly bound: number;
  /**
   * How long it has to be missed, second after second, to count; null: all seconds are judged together. One of which
   * nothing is known breaks it; one in which no request came back does not, unless so many of them follow one another.
   */
  readonly forMs: number | null;
  /** How much of the beginning is not looked at. */
  readonly delayMs: number;
}

/** The names of the metrics, as a regular expression: conditions of experiments go by the same. */
export const THRESHOLD_METRIC_PATTERN =
  'p\\d{1,2}(?:\\.\\d{1,3})?|max|service\\.p\\d{1,2}(?:\\.\\d{1,3})?|goodput|errors(?:\\{[\\w-]{1,80}\\})?';
const METRIC = new RegExp(`^(?:${THRESHOLD_METRIC_PATTERN})$`);
const PATTERN = new RegExp(
  `^(?<metric>${THRESHOLD_METRIC_PATTERN})\\s*(?<operator><=|>=|<|>)\\s*(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<unit>ms|s|%)(?:\\s+for\\s+(?<for>\\S+))?(?:\\s+delay\\s+(?<delay>\\S+))?$`,
);

/**
 * Reads a threshold.
 * @throws RangeError that quotes it and says what is allowed.
 */
export function parseThreshold(text: string): Threshold {
  const groups = PATTERN.exec(text.trim())?.groups;
  if (groups === undefined) {
    throw new RangeError(
      `'${text}' is not a threshold: write for example 'p99 < 50ms', 'goodput > 99%' or ` +
        `'errors{ServiceUnavailable} < 1% for 5s delay 10s'`,
    );
  }
  const metric = metricOf(groups.metric as string);
  const isTime = isDuration(metric);
  const unit = groups.unit as string;
  if (isTime === (unit === '%'))
    throw new RangeError(
      `'${text}' is not a threshold: ${groups.metric} is measured in ${isTime ? 'ms or s' : '%'}`,
    );
  const forMs = groups.for === undefined ? null : millisecondsOf(text, groups.for);
  if (forMs === 0)
    throw new RangeError(
      `'${text}' is not a threshold: 'for ${groups.for}' must be longer than 0: leave 'for' out to judge all seconds together`,
    );
  return {
    text: text.trim(),
    metric,
    operator: groups.operator as Threshold['operator'],
    bound: Number(groups.amount) * (unit === 's' ? 1_000 : 1),
    forMs,
    delayMs: groups.delay === undefined ? 0 : millisecondsOf(text, groups.delay),
  };
}

/** Reads the name of a metric; null when it is none. */
export function parseThresholdMetric(name: string): ThresholdMetric | null {
  return METRIC.test(name) ? metricOf(name) : null;
}

/** Whether a metric is a duration; the others are shares. */
export function isDuration({ kind }: ThresholdMetric): boolean {
  return kind === 'latency' || kind === 'service';
}

function metricOf(name: string): ThresholdMetric {
  if (name === 'goodput') return { kind: 'goodput' };
  if (name.startsWith('errors')) return { kind: 'errors', outcome: /\{(.*)\}/.exec(name)?.[1] ?? null };
  if (name === 'max') return { kind: 'latency', percentile: 100 };
  if (name.startsWith('service.'))
    return { kind: 'service', percentile: Number(name.slice('service.p'.length)) };
  return { kind: 'latency', percentile: Number(name.slice(1)) };
}

function millisecondsOf(text: string, duration: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(duration);
  if (match === null)
    throw new RangeError(
      `'${text}' is not a threshold: '${duration}' must be a duration such as 500ms, 5s or 2m`,
    );
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
}
