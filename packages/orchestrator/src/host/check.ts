/**
 * One thing that was looked at on this host: how it stands, what was seen, what to do about it. `plan` and `doctor`
 * both tell their findings so.
 */

export interface Check {
  /** `kebab-case`: the name that scripts know it by. */
  readonly id: string;
  /** `fail`: a run cannot be had. `warn`: one can, and this may spoil it. */
  readonly standing: 'ok' | 'warn' | 'fail';
  /** What was seen, with its figures. */
  readonly seen: string;
  /** What to do; null when there is nothing to be done. */
  readonly remedy: string | null;
}

export const ok = (id: string, seen: string): Check => ({ id, standing: 'ok', seen, remedy: null });
export const warn = (id: string, seen: string, remedy: string): Check => ({
  id,
  standing: 'warn',
  seen,
  remedy,
});
export const fail = (id: string, seen: string, remedy: string): Check => ({
  id,
  standing: 'fail',
  seen,
  remedy,
});
