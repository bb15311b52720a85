/**
 * The trials of a run side by side on one page: each with its figures and its own report, every figure over all of
 * them with its interval, every claim with how often it held. It needs no script, and opens from a disk.
 */
import { percent } from '@fleetfall/claims/figures.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import type { Interval } from '@fleetfall/claims/statistics/interval.ts';
import type { ArmOverTrials, FigureOverTrials } from '@fleetfall/claims/statistics/over-trials.ts';
import { VERDICT_WORDS } from '../headline.ts';
import { element } from '../svg.ts';
import { clientAsset } from './client-asset.ts';
import { html, type Markup, raw } from './html.ts';
import { CLAIM_MARKS } from './sections/claims.ts';

export interface TrialOnPage {
  readonly number: number;
  readonly seed: string;
  readonly verdict: Pick<Verdict, 'verdict' | 'exitCode' | 'prediction' | 'observed' | 'goodput'>;
  /** Its own report, from the page on. */
  readonly report: string;
}

export interface TrialsPage {
  readonly experiment: string;
  readonly trials: readonly TrialOnPage[];
  readonly arms: readonly ArmOverTrials[];
}

/** What is read of a trial, in the order of its columns; a figure's name is that of its sum over trials. */
const COLUMNS: readonly {
  readonly figure: string;
  readonly head: string;
  readonly read: (verdict: TrialOnPage['verdict']) => number | null;
  readonly isShare: boolean;
}[] = [
  {
    figure: 'predictedSize',
    head: 'predicted to break at',
    read: ({ prediction }) => prediction?.size ?? null,
    isShare: false,
  },
  { figure: 'observedSize', head: 'broke at', read: ({ observed }) => observed.size, isShare: false },
  {
    figure: 'goodputBefore',
    head: 'served before',
    read: ({ goodput }) => goodput.before?.fraction ?? null,
    isShare: true,
  },
  {
    figure: 'goodputDuring',
    head: 'at full size',
    read: ({ goodput }) => goodput.during?.fraction ?? null,
    isShare: true,
  },
  {
    figure: 'goodputAfter',
    head: 'after the restart',
    read: ({ goodput }) => goodput.after?.fraction ?? null,
    isShare: true,
  },
];
const STRIP = { width: 120, height: 22, edge: 6 } as const;

export async function trialsPage(page: TrialsPage): Promise<string> {
  const { style } = await clientAsset();
  return trialsPageOf(page, style);
}

/** The page in a given style. Pure. */
export function trialsPageOf({ experiment, trials, arms }: TrialsPage, style: string): string {
  const asExpected = trials.filter(({ verdict }) => verdict.exitCode === 0).length;
  const told = `${asExpected} of ${trials.length} trials as expected`;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${told} · ${experiment} · fleetfall</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<main>
<header class="hero">
<p class="brand"><span class="wordmark">fleetfall</span> <span class="run">${experiment}</span></p>
<h1>${told}</h1>
</header>
${trialsTable(trials, arms)}
${arms.map((arm) => claimsTable(arm))}
</main>
</body>
</html>`.markup
  }\n`;
}

function trialsTable(trials: readonly TrialOnPage[], arms: readonly ArmOverTrials[]): Markup {
  const rows = trials.map(
    ({ number, seed, verdict, report }) =>
      html`<tr><th scope="row"><a href="${report}">trial ${number}</a></th><td>${VERDICT_WORDS[verdict.verdict]}</td>${COLUMNS.map(
        ({ read, isShare }) => html`<td>${figureText(read(verdict), isShare)}</td>`,
      )}<td><code>${seed}</code></td></tr>`,
  );
  const main = arms[0];
  const sums = COLUMNS.map(({ figure, read, isShare }) => {
    const sum = main?.figures.find(({ name }) => name === figure);
    const values = trials.flatMap(({ verdict }) => read(verdict) ?? []);
    return html`<td>${sum === undefined ? '–' : sumText(sum, isShare)}${strip(values, sum?.interval ?? null)}</td>`;
  });
  return html`<section aria-labelledby="trials">
<h2 id="trials">Trials <small>each with its own report</small></h2>
<div class="scrolls" tabindex="0" role="region" aria-label="Trials"><table class="claims-table"><caption class="unseen">Each trial, and all of them together</caption>
<thead><tr><th scope="col">trial</th><th scope="col">verdict</th>${COLUMNS.map(({ head }) => html`<th scope="col">${head}</th>`)}<th scope="col">seed</th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr><th scope="row">median</th><td></td>${sums}<td></td></tr></tfoot></table></div>
<p class="quiet">In brackets: the 95 % bootstrap interval of the median, with three trials or more. Below it every trial as a mark, over the interval as a bar.</p>
</section>`;
}

function claimsTable({ arm, trials, claims }: ArmOverTrials): Markup {
  const rows = claims.map(
    ({ id, verdict, held, refuted, unknown, interval }) =>
      html`<tr><th scope="row"><code>${id}</code></th><td class="${verdict}"><span aria-hidden="true">${CLAIM_MARKS[verdict]}</span> ${verdict}</td><td>${held}</td><td>${refuted}</td><td>${unknown}</td><td>${interval === null ? '–' : rangeText(interval, true)}</td></tr>`,
  );
  return html`<section aria-labelledby="claims-${arm}">
<h2 id="claims-${arm}">Claims in ${arm} <small>over ${trials} trials</small></h2>
<div class="scrolls" tabindex="0" role="region" aria-label="Claims in ${arm}"><table class="claims-table"><caption class="unseen">Claims in ${arm} over all trials</caption>
<thead><tr><th scope="col">claim</th><th scope="col">over all</th><th scope="col">held</th><th scope="col">refuted</th><th scope="col">unknown</th><th scope="col">rate, 95 % interval</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="quiet">${claims[0]?.rule ?? ''}.</p>
</section>`;
}

function figureText(value: number | null, isShare: boolean): string {
  if (value === null) return '–';
  return isShare ? percent(value) : String(value);
}

const rangeText = ({ low, high }: Interval, isShare: boolean): string =>
  `${figureText(low, isShare)} to ${figureText(high, isShare)}`;

function sumText({ median, interval }: FigureOverTrials, isShare: boolean): string {
  return `${figureText(median, isShare)}${interval === null ? '' : ` (${rangeText(interval, isShare)})`}`;
}

/** Every value as a mark on one line, the interval as a bar below them. */
function strip(values: readonly number[], interval: Interval | null): Markup | null {
  if (values.length === 0) return null;
  const all = interval === null ? values : [...values, interval.low, interval.high];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const { width, height, edge } = STRIP;
  const x = (value: number): number =>
    most === least ? width / 2 : edge + ((value - least) / (most - least)) * (width - 2 * edge);
  const bar =
    interval === null
      ? []
      : [
          element('rect', {
            x: x(interval.low) - 1,
            width: x(interval.high) - x(interval.low) + 2,
            y: height - 6,
            height: 4,
            fill: 'currentColor',
            opacity: 0.4,
          }),
        ];
  const marks = values.map((value) =>
    element('circle', { cx: x(value), cy: 8, r: 4, fill: 'currentColor', opacity: 0.55 }),
  );
  return raw(
    element(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
      ...bar,
      ...marks,
    ),
  );
}
