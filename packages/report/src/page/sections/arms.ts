/**
 * The arms beside one another: what each differs in, what it came to, its threads and requests drawn small to one
 * scale, and each claim's verdict in each.
 */
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { armName } from '../arm-names.ts';
import { html, type Markup } from '../html.ts';
import type { ArmModel } from '../model/arm-model.ts';
import type { RunModel } from '../model/run-model.ts';
import { armCard } from './arm-card.ts';
import { CLAIM_MARKS } from './claims.ts';

export function armsSection({ arms }: Verdict, model: RunModel): Markup | null {
  if (arms.length < 2) return null;
  const named = (arm: string): Pick<ArmModel, 'settings' | 'title'> =>
    model.arms.find(({ name }) => name === arm) ?? { settings: null, title: null };
  const cards = arms.map(({ arm, outcome, outcomeReason, expected, refusals: { incumbent, newcomer } }) => {
    const standing = outcome === expected.kind ? 'as it should be' : `${expected.kind} was expected`;
    const { settings, title } = named(arm);
    return armCard(
      { name: arm, title, settings },
      html`<p class="outcome ${outcome}"><b>${outcome}</b> <span>${standing}</span></p>
<p>${outcomeReason}; ${incumbent.watched + newcomer.watched === 0 ? 'whether threads were refused is not known' : `${incumbent.hits + newcomer.hits} threads refused`}.</p>`,
    );
  });
  const ids = arms[0]?.claims.map(({ id }) => id) ?? [];
  const rows = ids.map(
    (id) =>
      html`<tr><th scope="row"><code>${id}</code></th>${arms.map(({ claims }) => {
        const verdict = claims.find((claim) => claim.id === id)?.verdict ?? 'unknown';
        return html`<td class="${verdict}"><span aria-hidden="true">${CLAIM_MARKS[verdict]}</span> ${verdict}</td>`;
      })}</tr>`,
  );
  return html`<section aria-labelledby="arms">
<h2 id="arms">Side by side <small>the same growth with one thing changed</small></h2>
<div class="arm-cards">${cards}</div>
<div class="scrolls" tabindex="0" role="region" aria-label="Claims in each arm"><table class="claims-table"><caption class="unseen">Each claim in each arm. A control is as it should be when claims of refusal are refuted in it.</caption>
<thead><tr><th scope="col">claim</th>${arms.map(({ arm }) => html`<th scope="col">${armName({ name: arm, title: named(arm).title })}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
</section>`;
}
