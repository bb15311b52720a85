/**
 * The page's script: shows the run that the page carries, and asks no network for anything; on a live page, the run
 * that its server tells of as it happens.
 */
import type { ArmModel } from '../model/arm-model.ts';
import { decodeRun } from '../model/run-model.ts';
import { DATA_ID, LIVE_ID, type PageData } from '../page-data.ts';
import { followRun } from './follow-run.ts';
import { element } from './page-element.ts';
import { showRun } from './run-view.ts';
import { followTheme } from './theme.ts';

function start(): void {
  element('print').addEventListener('click', () => print());
  openAllToPrint();
  if (document.getElementById(LIVE_ID) !== null) {
    followRun(element(LIVE_ID));
    return;
  }
  const data = JSON.parse(element(DATA_ID).textContent ?? '') as PageData;
  const model = decodeRun(data.run);
  for (const hidden of document.querySelectorAll<HTMLElement>('.needs-script')) hidden.hidden = false;
  const first = model.arms[0];
  if (first === undefined) {
    element('fall').hidden = element('mesh').hidden = true;
    followTheme(element<HTMLButtonElement>('theme'), () => undefined);
    return;
  }
  showRun(model, data, first, telling);
}

/** What is folded away is on paper all the same. */
function openAllToPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

/** The moment that a page opens at: the end of the hold at full size, where there is one. */
function telling({ phases, endMs, beginMs }: ArmModel): number {
  const hold = phases.find(({ name }) => name === 'outage');
  return hold === undefined ? (beginMs + endMs) / 2 : (hold.endMs ?? endMs) - 1;
}

start();
