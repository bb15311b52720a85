/**
 * The arms of a run that goes on, beside one another as a report has them; what each came to is there once the run has
 * been judged.
 */
import { counted } from '@fleetfall/claims/figures.ts';
import { html } from '../html.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { armCard } from '../sections/arm-card.ts';
import { element } from './page-element.ts';
import { countsThreads, ratesAt, refusedUpTo } from './reading.ts';

/** Puts a frame for each arm on the page, for the small plots to be drawn into. A single arm stands beside nothing. */
export function frameArms(arms: readonly ArmModel[]): void {
  const frame = element('live-arms');
  if (arms.length < 2) return;
  frame.innerHTML = html`<section aria-labelledby="arms-head">
<h2 id="arms-head">Side by side <small>the same growth with one thing changed</small></h2>
<div class="arm-cards">${arms.map((arm) => armCard(arm, html`<p data-standing="${arm.name}"></p>`))}</div>
</section>`.markup;
  unveil(frame);
}

/** Writes how each stands now. */
export function writeStandings(arms: readonly ArmModel[]): void {
  for (const arm of arms) {
    const place = document.querySelector(`[data-standing="${CSS.escape(arm.name)}"]`);
    const text = standingOf(arm);
    if (place !== null && place.textContent !== text) place.textContent = text;
  }
}

/** Shows what a page without a script keeps hidden. */
export function unveil(within: ParentNode): void {
  for (const hidden of within.querySelectorAll<HTMLElement>('.needs-script')) hidden.hidden = false;
}

function standingOf(arm: ArmModel): string {
  const refused = arm.frontEnds.reduce((sum, each) => sum + refusedUpTo(each, arm.grid.length - 1), 0);
  const rates = ratesAt(arm, arm.endMs);
  const served =
    rates === null ? 'no load' : `${Math.round(rates.ok)} served/s, ${Math.round(rates.failed)} failed/s`;
  return countsThreads(arm)
    ? `${served}; ${counted(refused, 'thread')} refused so far.`
    : `${served}; no counts of threads were read.`;
}
