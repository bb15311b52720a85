/**
 * Every back-end at the clock's moment, in figures: whether it was well while front-ends could not find it.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { BackEnd, BackEndField } from '../model/back-end.ts';
import { took } from './load-windows.ts';
import { makeMomentTable } from './moment-table.ts';
import { appendedPerSecond, cellOf, readAt } from './reading.ts';

const HEADS = ['back-end', 'standing', 'threads', 'appended', 'failed appends', 'direct probe'] as const;

/** Makes the rows of an arm. @returns writes the figures of a moment into them. */
export function makeBackEndTable(table: HTMLTableElement, arm: ArmModel): (atMs: number) => void {
  table.hidden = arm.backEnds.length === 0;
  const rows = makeMomentTable(table, {
    caption: 'Every back-end at the moment of the slider',
    heads: HEADS,
    members: arm.backEnds,
    nameOf: ({ id }) => [id],
  });
  return (atMs) => {
    const cell = cellOf(arm, atMs);
    for (const { member, row, write } of rows) {
      const texts = figures(arm, member, cell);
      row.className = texts === null ? 'absent' : '';
      write(texts ?? ['not there', '', '', '', '']);
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
