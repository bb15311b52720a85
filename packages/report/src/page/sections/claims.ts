/**
 * The claims with their verdicts: what was seen in a sentence, and one click below it the figures that it rests on.
 */
import type { ClaimResult, Evidence } from '@fleetfall/claims/claim.ts';
import { CLAIMS } from '@fleetfall/claims/claims.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { html, type Markup } from '../html.ts';

/** A sign for each verdict, so that none is told by its colour alone. */
export const CLAIM_MARKS: Readonly<Record<ClaimResult['verdict'], string>> = {
  held: '✓',
  refuted: '✕',
  unknown: '?',
  consistent: '≈',
  inconsistent: '≠',
};

const FROM: Readonly<Record<string, string>> = {
  A: 'AWS reports it as observed.',
  Aa: 'AWS anticipated it, and reports no measurement.',
  R: 'A retelling that cites AWS.',
  I: 'Our inference, which the run puts to the test.',
  'A/I': 'AWS reports it in part; the rest is our inference.',
};

/** @returns null for a blind drill, against which no claim is held. */
export function claimsSection({ claims, drill }: Verdict): Markup | null {
  if (drill !== null) return null;
  const counts = new Map<string, number>();
  for (const { verdict } of claims) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const summary = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  return html`<section aria-labelledby="claims">
<h2 id="claims">Claims <small>${summary === '' ? 'none was judged' : summary}</small></h2>
<div class="claims">${claims.map(claimOf)}</div>
</section>`;
}

function claimOf({ id, verdict, account, evidence }: ClaimResult): Markup {
  const claim = CLAIMS.find((known) => known.id === id);
  return html`<details class="claim ${verdict}" id="claim-${id}">
<summary><span class="mark" aria-hidden="true">${CLAIM_MARKS[verdict]}</span><span class="claim-text"><span class="claim-head"><code>${id}</code> <span class="word">${verdict}</span></span>
<span class="account">${account}</span></span></summary>
<div class="evidence">
${claim === undefined ? null : html`<p>${sentence(claim.statement)} <em>${FROM[claim.from] ?? ''}</em></p>`}
<table><caption class="unseen">Evidence for ${id}</caption><tbody>${Object.entries(evidence).map(
    ([name, value]) => html`<tr><th scope="row">${wordsOf(name)}</th><td>${figureOf(value)}</td></tr>`,
  )}</tbody></table>
</div></details>`;
}

/** `afterRemovalFraction` → `after removal fraction`. */
function wordsOf(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

function figureOf(value: Evidence[string]): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'object') {
    return value.length === 0
      ? 'none'
      : value.map((item) => (typeof item === 'number' ? numberOf(item) : item)).join(', ');
  }
  return String(value);
}

const numberOf = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
