/**
 * Watches a condition on a run's figures as the journal is written: whether it holds, and has held without a break
 * for as long as it asks. Without a sample nothing holds. A window in which the load was invalid shows nothing: it
 * neither breaks what holds nor counts for it, until so many of them follow one another that nobody knows any more.
 */
import type { Condition } from '@fleetfall/experiment/condition.ts';
import type { Bound, Quantity } from '@fleetfall/experiment/quantity.ts';
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { ArmSoFar } from './arm-so-far.ts';
import { isOfLoad, measureOf, type Sample } from './condition-measure.ts';

export interface ConditionWatch {
  /** Takes the next record of the journal in. */
  heed(record: JournalRecord): void;
  /** Whether the condition holds, as of the last record. */
  holds(): boolean;
  /** One clause with the last figure: `goodput is 40.0 %, asked for is >= 99.0 % for 1000 ms`. */
  account(): string;
}

/**
 * Watches a condition on one arm.
 * @param before what is known of the arm already; the condition itself is held against what comes from now on.
 */
export function watchCondition(condition: Condition, arm: Arm, before?: ArmSoFar): ConditionWatch {
  const soFar = before?.fork() ?? new ArmSoFar(arm);
  let measure = measureOf(condition);
  let heldSinceMs: number | undefined;
  let last: Sample | undefined;
  let voidMs = 0;
  let voidReason: string | null = null;

  function heedVoid(spanMs: number, reason: string): void {
    voidMs += spanMs;
    voidReason = reason;
    if (heldSinceMs !== undefined) heldSinceMs += spanMs;
    if (voidMs < condition.for) return;
    heldSinceMs = undefined;
    measure = measureOf(condition);
  }

  return {
    heed(record) {
      if (!soFar.heed(record)) return;
      const originMs = isOfLoad(condition) ? soFar.loadBeganMs : soFar.upMs;
      if (originMs === undefined) return;
      const seen = measure(record, soFar, originMs + condition.after);
      if (seen === undefined) return;
      if ('reason' in seen) {
        heedVoid(seen.endMs - seen.beginMs, seen.reason);
        return;
      }
      voidMs = 0;
      voidReason = null;
      last = seen;
      heldSinceMs = isWithin(seen.value, condition.is) ? (heldSinceMs ?? seen.beginMs) : undefined;
    },
    holds: () => heldSinceMs !== undefined && last !== undefined && last.endMs - heldSinceMs >= condition.for,
    account() {
      const { operator, value, of } = condition.is;
      const whose = condition.cohort === undefined ? '' : ` of ${condition.cohort}s`;
      const seen = last === undefined ? 'has no sample' : `is ${figure(of, last.value)}`;
      const invalid = voidReason === null ? '' : ` (the load was invalid: ${voidReason})`;
      return `${condition.metric}${whose} ${seen}${invalid}, asked for is ${operator} ${figure(of, value)} for ${condition.for} ms`;
    },
  };
}

/** Whether a figure keeps to a bound. */
export function isWithin(
  value: number,
  { operator, value: bound }: Pick<Bound, 'operator' | 'value'>,
): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
  }
}

function figure(of: Quantity, value: number): string {
  const rounded = Math.round(value * 10) / 10;
  switch (of) {
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    case 'duration':
      if (value === Number.POSITIVE_INFINITY) return 'longer than any answer took';
      return Number.isNaN(value) ? 'unknown, since nothing ended well' : `${rounded} ms`;
    case 'rate':
      return `${rounded}/s`;
    case 'count':
      return String(rounded);
  }
}
