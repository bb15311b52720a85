/**
 * Every front-end at the clock's moment, in figures: what the mesh shows, to be read.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { FrontEnd, FrontEndField } from '../model/front-end.ts';
import { makeMomentTable } from './moment-table.ts';
import { cellOf, countsThreads, listed, readAt, refusedUpTo, STANDING_WORDS, standingAt } from './reading.ts';

const HEADS = ['front-end', 'standing', 'threads', 'links', 'map age', 'complete', 'refused'] as const;

/** Makes the rows of an arm. @returns writes the figures of a moment into them. */
export function makeMeshTable(table: HTMLTableElement, arm: ArmModel): (atMs: number) => void {
  const rows = makeMomentTable(table, {
    caption: 'Every front-end at the moment of the slider',
    heads: HEADS,
    members: listed(arm),
    nameOf: (frontEnd) => [signOf(frontEnd), frontEnd.id],
  });
  return (atMs) => {
    const cell = cellOf(arm, atMs);
    for (const { member, row, write } of rows) {
      const standing = standingAt(arm, member, cell);
      row.className = standing ?? 'absent';
      write(
        standing === null
          ? ['not there', '', '', '', '', refusals(arm, member, cell)]
          : figures(arm, member, cell),
      );
    }
  };
}

function signOf({ cohort }: FrontEnd): HTMLElement {
  const sign = document.createElement('i');
  sign.className = 'sign area';
  sign.style.setProperty('--sign', `var(--${cohort === 'newcomer' ? 'newcomer' : 'incumbent'})`);
  sign.title = cohort;
  return sign;
}

function figures(arm: ArmModel, frontEnd: FrontEnd, cell: number): string[] {
  const read = (field: FrontEndField): number | null => readAt(arm, frontEnd, field, cell);
  const of = (part: number | null, whole: number | null): string => `${part ?? '–'} / ${whole ?? '–'}`;
  const standing = standingAt(arm, frontEnd, cell);
  const ageMs = read('mapAgeMs');
  const complete = read('complete');
  return [
    standing === null ? '' : STANDING_WORDS[standing],
    of(read('tasks'), read('limit')),
    of(read('linksOpen'), read('linksWanted')),
    standing === 'missing' || ageMs === null ? '–' : `${(ageMs / 1000).toFixed(1)} s`,
    complete === null ? '–' : `${Number((complete * 100).toFixed(1))} %`,
    refusals(arm, frontEnd, cell),
  ];
}

const refusals = (arm: ArmModel, frontEnd: FrontEnd, cell: number): string =>
  countsThreads(arm) ? String(refusedUpTo(frontEnd, cell)) : '–';
