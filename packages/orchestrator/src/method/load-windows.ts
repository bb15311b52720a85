/**
 * What an arm's load tells from now on: its windows, whole. The first that is told was open already, and is left out.
 */
import type { LoadWindow } from '@fleetfall/claims/goodput.ts';
import type { Journal } from '@fleetfall/journal/append.ts';

/** Hears every window that began after the call, until it is disposed. */
export function watchLoad(
  journal: Pick<Journal, 'subscribe'>,
  arm: string,
  heed: (window: LoadWindow) => void,
): Disposable {
  let isFirst = true;
  return journal.subscribe((record) => {
    if (!('arm' in record) || record.arm !== arm || record.kind !== 'load') return;
    const { record: load, monoMs, atMs } = record;
    if (load.kind !== 'load') return;
    if (isFirst) isFirst = false;
    else heed({ endMs: monoMs, atMs, load });
  });
}
