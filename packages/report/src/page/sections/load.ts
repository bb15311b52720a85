/**
 * What is known of the load beside its goodput, arm by arm: how often a client that tries again by itself tried, by
 * phase, with what its attempts failed by; and what was read back of the acknowledged records.
 */
import { amplificationOf, attemptsOf } from '@fleetfall/claims/attempts.ts';
import { fairWindows } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { readBackText } from '@fleetfall/claims/read-back.ts';
import type { Arm, JournalRecord, Phase } from '@fleetfall/journal/records.ts';
import { armName, phaseName } from '../arm-names.ts';
import { html, type Markup } from '../html.ts';
import type { RunModel } from '../model/run-model.ts';

/** The outcomes of failed attempts that are told of one phase. */
const OUTCOMES_MAX = 5;

/** @returns null where no client tried again and nothing was read back. */
export function loadSection(
  records: readonly JournalRecord[],
  { arms, phases }: Verdict,
  model: RunModel,
): Markup | null {
  const nameOf = (arm: string): string =>
    armName({ name: arm, title: model.arms.find(({ name }) => name === arm)?.title ?? null });
  const readBacks = arms.flatMap(({ arm, readBack }) =>
    readBack === null
      ? []
      : [html`<p class="read-back"><b>${nameOf(arm)}</b>: ${readBackText(readBack)}.</p>`],
  );
  const rows = arms.flatMap(({ arm }) =>
    phases.filter((span) => span.arm === arm).flatMap(({ phase }) => phaseRow(records, arm, phase, nameOf)),
  );
  if (readBacks.length === 0 && rows.length === 0) return null;
  return html`<section aria-labelledby="load">
<h2 id="load">The load <small>what its client tried, and what was kept</small></h2>
${readBacks}
${rows.length === 0 ? null : attemptsTable(rows)}
</section>`;
}

function phaseRow(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
  nameOf: (arm: string) => string,
): Markup[] {
  const attempts = attemptsOf(fairWindows(records, arm, phase, 'whole').map(({ load }) => load));
  if (attempts.retries === 0 && attempts.failed.length === 0) return [];
  const told = attempts.failed.slice(0, OUTCOMES_MAX).map(([outcome, count]) => `${outcome} ${count}`);
  const others = attempts.failed.slice(OUTCOMES_MAX).reduce((sum, [, count]) => sum + count, 0);
  const failed = [...told, ...(others > 0 ? [`others ${others}`] : [])].join(', ');
  return [
    html`<tr><th scope="row">${nameOf(arm)}</th><td>${phaseName(phase)}</td><td>${attempts.requests}</td><td>${attempts.requests + attempts.retries}</td><td>${amplificationOf(attempts).toFixed(2)}</td><td>${failed === '' ? '–' : failed}</td></tr>`,
  ];
}

function attemptsTable(rows: readonly Markup[]): Markup {
  return html`<div class="scrolls" tabindex="0" role="region" aria-label="Attempts of the load's client"><table class="attempts"><caption class="unseen">Requests that ended in each phase, and how often they were tried</caption>
<thead><tr><th scope="col">arm</th><th scope="col">phase</th><th scope="col">requests</th><th scope="col">attempts</th><th scope="col">each tried</th><th scope="col">attempts failed by</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
