/**
 * A live page: hears of a run as it happens, from its beginning, and shows it as it grows. A stream that breaks off is
 * taken up again by the browser and begins with the whole run anew, so that nothing is missed or counted twice.
 */
import { armName } from '../arm-names.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { decodeRun, heedRecord, type RunModel } from '../model/run-model.ts';
import type { LiveEvents } from '../page-data.ts';
import { offerDeeds } from './deeds.ts';
import { element } from './page-element.ts';
import { type RunView, showRun } from './run-view.ts';
import { momentText } from './scrubber.ts';

/** How often what has come is drawn. */
const DRAW_INTERVAL_MS = 500;

export function followRun(live: HTMLElement): void {
  let model: RunModel | null = null;
  let findings: Pick<LiveEvents['snapshot'], 'moments' | 'uncounted'> = { moments: [], uncounted: {} };
  let view: RunView | null = null;
  const deeds = offerDeeds();
  let arms = 0;
  let drawAt: ReturnType<typeof setTimeout> | null = null;

  function draw(): void {
    drawAt = null;
    const newest = model?.arms.at(-1);
    if (model === null || newest === undefined) return;
    if (view === null) {
      for (const hidden of document.querySelectorAll<HTMLElement>('.needs-script')) hidden.hidden = false;
      view = showRun(model, findings, newest, ({ endMs }) => endMs);
    } else if (arms !== model.arms.length) view.choose(newest);
    else view.grown();
    if (arms !== model.arms.length) offerArms(model.arms, newest);
    arms = model.arms.length;
    element('live-now').textContent = momentText(newest, newest.endMs);
    say(model.end === null ? 'as it happens' : `ended: ${model.end.reason ?? model.end.how}`);
  }
  function drawSoon(): void {
    drawAt ??= setTimeout(draw, DRAW_INTERVAL_MS);
  }
  function offerArms(all: readonly ArmModel[], chosen: ArmModel): void {
    const choice = element<HTMLFieldSetElement>('arms');
    choice.hidden = all.length < 2;
    choice.replaceChildren(
      ...all.map((arm) => {
        const label = document.createElement('label');
        const input = document.createElement('input');
        Object.assign(input, { type: 'radio', name: 'live-arm', checked: arm === chosen });
        input.addEventListener('change', () => view?.choose(arm));
        label.append(input, ` ${armName(arm)}`);
        return label;
      }),
    );
  }

  const events = new EventSource(live.dataset.events ?? '');
  const on = <Name extends keyof LiveEvents>(name: Name, heed: (data: LiveEvents[Name]) => void): void =>
    events.addEventListener(name, ({ data }: MessageEvent<string>) => heed(JSON.parse(data)));
  on('snapshot', (data) => {
    // The plots hold on to the arms of the model that they were made for.
    if (model !== null) location.reload();
    else {
      model = decodeRun(data.run);
      findings = data;
      draw();
      if (view === null) say('waiting for the first record');
    }
  });
  on('records', (records) => {
    if (model === null) return;
    for (const record of records) heedRecord(model, record);
    drawSoon();
  });
  on('control', ({ hindrance }) => deeds?.show(hindrance));
  on('verdict', ({ markup, ...found }) => {
    // What comes after the verdict is nothing: a browser that asked again would begin anew.
    events.close();
    if (drawAt !== null) clearTimeout(drawAt);
    draw();
    findings = found;
    view?.found(found);
    element('live-verdict').innerHTML = markup;
    deeds?.show('The run is over: nothing can be done to its fleet.');
  });
  events.addEventListener('error', () => {
    say(
      events.readyState === EventSource.CLOSED
        ? 'no longer followed'
        : 'the connection broke off; trying again',
    );
  });
}

function say(text: string): void {
  element('live-state').textContent = text;
}
