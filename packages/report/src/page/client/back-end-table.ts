/**
 * Every back-end at the clock's moment, in figures: whether it was well while front-ends could not find it.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { BackEnd, BackEndField } from '../model/back-end.ts';
import { took } from './load-windows.ts';
import { appendedPerSecond, cellOf, readAt } from './reading.ts';

const HEADS = ['back-end', 'standing', 'threads', 'appended', 'failed appends', 'direct probe'] as const;

/** Makes the rows of an arm. @returns writes the figures of a moment into them. */
export function makeBackEndTable(table: HTMLTableElement, arm: ArmModel): (atMs: number) => void {
  table.replaceChildren();
  table.hidden = arm.backEnds.length === 0;
  const caption = table.createCaption();
  caption.className = 'unseen';
  caption.textContent = 'Every back-end at the moment of the slider';
  const head = table.createTHead().insertRow();
  for (const text of HEADS) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = text;
    head.append(cell);
  }
  const body = table.createTBody();
  const rows = arm.backEnds.map((backEnd) => {
    const row = body.insertRow();
    const name = document.createElement('th');
    name.scope = 'row';
    name.textContent = backEnd.id;
    row.append(name);
    return { backEnd, row, cells: HEADS.slice(1).map(() => row.insertCell()) };
  });
  return (atMs) => {
    const cell = cellOf(arm, atMs);
    for (const { backEnd, row, cells } of rows) {
      const texts = figures(arm, backEnd, cell);
      row.className = texts === null ? 'absent' : '';
      (texts ?? ['not there', '', '', '', '']).forEach((text, index) => {
        const place = cells[index];
        if (place !== undefined && place.textContent !== text) place.textContent = text;
      });
    }
  };
}

/** null while it is not there. */
function figures(arm: ArmModel, backEnd: BackEnd, cell: number): string[] | null {
  const read = (field: BackEndField): number | null => readAt(arm, backEnd, field, cell);
  const [tasks, probeMs, probeOk] = [read('tasks'), read('probeMs'), read('probeOk')];
  const appended = appendedPerSecond(arm, backEnd, cell);
  if (tasks === null && appended === null && probeMs === null) return null;
  return [
    probeOk === null ? 'not probed' : probeOk === 1 ? 'acknowledges' : 'does not acknowledge',
    tasks === null ? '–' : `${tasks} / ${read('limit') ?? '–'}`,
    appended === null ? '–' : `${Math.round(appended)}/s`,
    String(
      backEnd.columns.failedAppends.cells
        .slice(0, cell + 1)
        .reduce<number>((sum, count) => sum + (count ?? 0), 0),
    ),
    took(probeMs),
  ];
}
