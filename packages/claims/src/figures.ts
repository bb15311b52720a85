/**
 * Figures as a person reads them in an account: shares, counts with their noun, lists. Wording only; what is
 * counted is decided by who counts.
 */

/** `0.9987` → `99.9 %`; whole percents without a fraction. Never rounds up to 100 %. */
export function percent(fraction: number): string {
  const tenths = fraction < 1 ? Math.min(999, Math.round(fraction * 1000)) : Math.round(fraction * 1000);
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

/** `(1, 'front-end')` → `1 front-end`, `(3, 'front-end')` → `3 front-ends`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `[4, 8, 12]` → `4, 8 and 12`. */
export function listed(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Milliseconds as seconds, `3,420` → `3.4 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
