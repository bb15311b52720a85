/**
 * What stands around every plot: its title, what to look for, and its key, whose figures follow the clock.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import type { Clock } from './clock.ts';
import { drawPlot, type GrowingPlot } from './plot.ts';
import type { PlotKey, PlotSpec } from './plot-spec.ts';

export type FramedPlot = GrowingPlot;

/** Puts a plot with its frame at the end of `parent`. */
export function framePlot(
  parent: HTMLElement,
  spec: PlotSpec,
  arm: ArmModel,
  moments: readonly Moment[],
  clock: Clock,
): FramedPlot {
  const { figure, body, text } = makeFrame(parent, spec.id, spec.title, spec.lede);
  body.setAttribute('role', 'img');
  const describe = ({ title, lede }: PlotSpec): void => {
    const whole = `${title}. ${lede}`;
    if (body.getAttribute('aria-label') === whole) return;
    body.setAttribute('aria-label', whole);
    text.textContent = lede;
  };
  describe(spec);
  let key = makeKey(figure, spec.keys, () => clock.nowMs);
  const plot = drawPlot(body, spec, arm, moments, clock);
  return {
    show(changed) {
      plot.show(changed);
      key();
    },
    redraw(next) {
      if (!plot.redraw(next)) return false;
      describe(next);
      figure.querySelector('.key')?.remove();
      key = makeKey(figure, next.keys, () => clock.nowMs);
      return true;
    },
    remove() {
      plot.remove();
      figure.remove();
    },
  };
}

export function makeFrame(
  parent: HTMLElement,
  id: string,
  title: string,
  lede: string,
): { readonly figure: HTMLElement; readonly body: HTMLElement; readonly text: HTMLElement } {
  const figure = document.createElement('figure');
  figure.className = 'plot';
  figure.id = `plot-${id}`;
  const caption = document.createElement('figcaption');
  const head = document.createElement('h3');
  head.textContent = title;
  const text = document.createElement('p');
  text.textContent = lede;
  caption.append(head, text);
  const body = document.createElement('div');
  body.className = 'plot-body';
  figure.append(caption, body);
  parent.append(figure);
  return { figure, body, text };
}

/** A list of what is drawn, before the plot. @returns writes the figures of the moment. */
export function makeKey(figure: HTMLElement, keys: readonly PlotKey[], nowMs: () => number): () => void {
  const list = document.createElement('ul');
  list.className = 'key';
  const values = keys.map(({ mark, colour, text, valueAt }) => {
    const item = document.createElement('li');
    const sign = document.createElement('i');
    sign.className = `sign ${mark}`;
    sign.style.setProperty('--sign', `var(--${colour})`);
    const value = document.createElement('b');
    item.append(sign, text, ' ', value);
    list.append(item);
    return { value, valueAt };
  });
  figure.insertBefore(list, figure.querySelector('.plot-body'));
  const write = (): void => {
    for (const { value, valueAt } of values) {
      const text = valueAt(nowMs());
      if (value.textContent !== text) value.textContent = text;
    }
  };
  write();
  return write;
}
