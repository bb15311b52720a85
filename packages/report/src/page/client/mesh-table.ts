/**
 * Every front-end at the clock's moment, in figures: what the mesh shows, to be read.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { FrontEnd, FrontEndField } from '../model/front-end.ts';
import { cellOf, countsThreads, listed, readAt, refusedUpTo, STANDING_WORDS, standingAt } from './reading.ts';

const HEADS = ['front-end', 'standing', 'threads', 'links', 'map age', 'complete', 'refused'] as const;

/** Makes the rows of an arm. @returns writes the figures of a moment into them. */
export function makeMeshTable(table: HTMLTableElement, arm: ArmModel): (atMs: number) => void {
  table.replaceChildren();
  const caption = table.createCaption();
  caption.className = 'unseen';
  caption.textContent = 'Every front-end at the moment of the slider';
  const head = table.createTHead().insertRow();
  for (const text of HEADS) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = text;
    head.append(cell);
  }
  const body = table.createTBody();
  const rows = listed(arm).map((frontEnd) => {
    const row = body.insertRow();
    const name = document.createElement('th');
    name.scope = 'row';
    const sign = document.createElement('i');
    sign.className = `sign area`;
    sign.style.setProperty('--sign', `var(--${frontEnd.cohort === 'newcomer' ? 'newcomer' : 'incumbent'})`);
    sign.title = frontEnd.cohort;
    name.append(sign, frontEnd.id);
    row.append(name);
    const cells = HEADS.slice(1).map(() => row.insertCell());
    return { frontEnd, row, cells };
  });
  return (atMs) => {
    const cell = cellOf(arm, atMs);
    for (const { frontEnd, row, cells } of rows) {
      const standing = standingAt(arm, frontEnd, cell);
      row.className = standing ?? 'absent';
      const texts =
        standing === null
          ? ['not there', '', '', '', '', refusals(arm, frontEnd, cell)]
          : figures(arm, frontEnd, cell);
      texts.forEach((text, index) => {
        const place = cells[index];
        if (place !== undefined && place.textContent !== text) place.textContent = text;
      });
    }
  };
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
