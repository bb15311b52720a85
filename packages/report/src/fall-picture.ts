/**
 * The fall in one picture, as a self-contained SVG: threads of every front-end climbing to the kernel's limit over
 * what users got, on one time axis, with the verdict in figures above. No script, no foreign font, light and dark.
 * A function of the journal; the panels have files of their own.
 */
import { judge, type Verdict } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { type FallSeries, fallSeries } from './fall-series.ts';
import { LAYOUT, styleSheet } from './fall-style.ts';
import { headline, subline } from './headline.ts';
import { drawFleetSizes, drawPhaseNames, drawShading } from './phase-band.ts';
import { drawRequests } from './requests-panel.ts';
import { element, escapeXml, label, roundTicks, scale } from './svg.ts';
import { drawThreads } from './threads-panel.ts';

/**
 * Draws the main arm of a run.
 * @param verdict on these records, where it was given already.
 * @returns one `<svg>` document, in pixels of `LAYOUT`, that scales.
 */
export function drawFall(records: readonly JournalRecord[], verdict: Verdict = judge(records)): string {
  const series = fallSeries(records);
  const x = scale([series.beginMs, series.endMs], [LAYOUT.left, LAYOUT.right]);
  const { width, height } = LAYOUT;
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
  };
  return element(
    'svg',
    { ...root, 'aria-labelledby': 'fall-title fall-text' },
    element('title', { id: 'fall-title' }, escapeXml(headline(verdict))),
    element('desc', { id: 'fall-text' }, escapeXml(subline(verdict))),
    element('style', {}, styleSheet()),
    element('rect', { width, height, rx: 10, class: 'ground' }),
    label(LAYOUT.textLeft, LAYOUT.headlineY, headline(verdict), { class: 'headline' }),
    label(LAYOUT.textLeft, LAYOUT.sublineY, subline(verdict), { class: 'subline quiet' }),
    drawShading(series, verdict.goodput, x),
    drawPhaseNames(series, x),
    drawFleetSizes(series, x, verdict.prediction?.size ?? null),
    drawThreads(series, verdict.goodput, x),
    drawRequests(series, verdict.goodput, x),
    drawTimeAxis(series, x),
    label(LAYOUT.textLeft, LAYOUT.footY, footnote(records, verdict, series), { class: 'quiet' }),
  );
}

function drawTimeAxis({ beginMs, endMs }: FallSeries, x: (atMs: number) => number): string {
  const ticks = roundTicks(0, (endMs - beginMs) / 1000, 12).map((atSeconds) =>
    label(x(beginMs + atSeconds * 1000), LAYOUT.axisY, `${atSeconds} s`, { class: 'middle quiet' }),
  );
  const { bottom } = LAYOUT.requests;
  return (
    element('line', { x1: LAYOUT.left, x2: LAYOUT.right, y1: bottom, y2: bottom, class: 'rule' }) +
    ticks.join('')
  );
}

/** What the picture is of, and what the box in it means. */
function footnote(
  records: readonly JournalRecord[],
  { prediction }: Verdict,
  { frontEnds }: FallSeries,
): string {
  const boxed = frontEnds.some(({ count }) => count === prediction?.size)
    ? [`boxed: predicted to break, from ${prediction?.measured.length} smaller sizes`]
    : [];
  const run = records.find((record) => record.kind === 'run');
  if (run?.kind !== 'run') return boxed.join(' · ');
  return [
    `fleetfall ${run.experiment}`,
    `run ${run.runId}`,
    `${run.runtime}, kernel ${/\d+\.\d+/.exec(run.host.kernel)?.[0] ?? run.host.kernel}`,
    `time compressed ${Math.round(run.timeScale).toLocaleString('en')} times`,
    ...boxed,
  ].join(' · ');
}
