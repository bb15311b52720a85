/**
 * A button for each marked moment of an arm, for each fault, and for each end and restart of what stands behind the
 * front-ends, which have rows of their own: it sets the clock there. Faults that are not known to
 * have been in force are told as what they are, and are drawn nowhere else.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import type { Clock } from './clock.ts';
import { element } from './page-element.ts';

type Told = Pick<Moment, 'atMs' | 'text'>;

/** Shows them; those that are there already stay as they are, and keep the focus. */
export function showMoments(arm: ArmModel, moments: readonly Moment[], clock: Clock): void {
  const frame = element('moments');
  const all = [...moments, ...faultsOf(arm), ...livesBehind(arm)].toSorted(
    (left, right) => left.atMs - right.atMs,
  );
  const texts = all.map(({ atMs, text }) => `${((atMs - arm.beginMs) / 1000).toFixed(1)} s  ${text}`);
  if (texts.join('\n') === [...frame.children].map(({ textContent }) => textContent).join('\n')) return;
  frame.replaceChildren(
    ...all.map(({ atMs }, index) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = texts[index] ?? '';
      button.addEventListener('click', () => clock.set(atMs));
      return button;
    }),
  );
}

/** Back-ends and the metadata store: what of them was started again, and what went. */
function livesBehind({ events }: ArmModel): Told[] {
  return events
    .filter(({ role }) => role === 'back-end' || role === 'metadata')
    .filter(({ event, incarnation }) => event !== 'started' || incarnation > 1)
    .map(({ atMs, event, memberId, detail }) => ({
      atMs,
      text: `${memberId} ${event === 'started' ? 'started again' : event}${detail === null ? '' : `: ${detail}`}`,
    }));
}

function faultsOf({ faults, doubts }: ArmModel): Told[] {
  return [
    ...faults.flatMap(({ name, beginMs, endMs }) => [
      { atMs: beginMs, text: `fault: ${name}` },
      ...(endMs === null ? [] : [{ atMs: endMs, text: `healed: ${name}` }]),
    ]),
    ...doubts.map(({ atMs, event, name, outcome, reason }) => ({
      atMs,
      text: `${outcome}: ${event === 'heal' ? 'lifting ' : ''}${name}${reason === null ? '' : ` (${reason})`}`,
    })),
  ];
}
