/**
 * A live page: hears of a run as it happens, from its beginning, and shows it as it grows. A stream that breaks off is
 * taken up again by the browser and begins with the whole run anew, so that nothing is missed or counted twice.
 */
import { armName } from '../arm-names.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { decodeRun, heedRecord, type RunModel } from '../model/run-model.ts';
import { momentsSoFar } from '../moment-texts.ts';
import type { LiveEvents } from '../page-data.ts';
import { setupSection } from '../sections/setup.ts';
import { offerDeeds } from './deeds.ts';
import { frameArms, unveil, writeStandings } from './live-arms.ts';
import { element } from './page-element.ts';
import { type Findings, type RunView, showRun } from './run-view.ts';
import { momentText } from './scrubber.ts';

/** How often what has come is drawn. */
const DRAW_INTERVAL_MS = 500;

export function followRun(live: HTMLElement): void {
  let model: RunModel | null = null;
  /** The judge's, once it has judged. */
  let judged: Findings | null = null;
  let view: RunView | null = null;
  const deeds = offerDeeds();
  let arms = 0;
  let drawAt: ReturnType<typeof setTimeout> | null = null;

  function draw(): void {
    drawAt = null;
    const newest = model?.arms.at(-1);
    if (model === null || newest === undefined) return;
    const findings = judged ?? soFar(model);
    if (arms !== model.arms.length) {
      frameArms(model.arms);
      writeSetup();
    }
    if (view === null) {
      unveil(document);
      view = showRun(model, findings, newest, ({ endMs }) => endMs);
    } else if (arms !== model.arms.length) view.choose(newest);
    else view.grown(findings);
    if (arms !== model.arms.length) offerArms(model.arms, newest);
    arms = model.arms.length;
    writeStandings(model.arms);
    element('live-now').textContent = momentText(newest, newest.endMs);
    say(model.end === null ? 'as it happens' : `ended: ${model.end.reason ?? model.end.how}`);
  }
  function writeSetup(): void {
    if (model !== null) element('live-setup').innerHTML = setupSection(model).markup;
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
  on('verdict', ({ markup, armsMarkup, ...found }) => {
    // What comes after the verdict is nothing: a browser that asked again would begin anew.
    events.close();
    if (drawAt !== null) clearTimeout(drawAt);
    draw();
    judged = found;
    element('live-verdict').innerHTML = markup;
    element('live-arms').innerHTML = armsMarkup;
    unveil(element('live-arms'));
    writeSetup();
    view?.found(found);
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

/** What is seen of a run that goes on: whose limit refused a thread is for the judge to tell. */
function soFar({ arms }: RunModel): Findings {
  return { moments: arms.flatMap(momentsSoFar), uncounted: {} };
}

function say(text: string): void {
  element('live-state').textContent = text;
}
