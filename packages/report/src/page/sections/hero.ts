/**
 * The top of the page: the verdict, what happened in a sentence, and what users got at each stage, in figures over
 * the whole run's requests.
 */
import { RESTORED_AT_LEAST } from '@fleetfall/claims/arm-outcome.ts';
import { counted, percent, seconds } from '@fleetfall/claims/figures.ts';
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { MAIN_ARM } from '@fleetfall/experiment/main-arm.ts';
import { story, subline, UNSEEN_WORDS, VERDICT_WORDS } from '../../headline.ts';
import { html, type Markup } from '../html.ts';
import type { RunModel } from '../model/run-model.ts';
import { drawRibbon } from './ribbon.ts';

const MARKS = { 'as-expected': '✓', 'not-as-expected': '✕', inconclusive: '?', stopped: '■' } as const;

export function heroSection(verdict: Verdict, model: RunModel): Markup {
  const expected =
    verdict.drill !== null ? null : (model.arms.find(({ name }) => name === MAIN_ARM)?.expect ?? null);
  const told = story(verdict);
  return html`<header class="hero">
<p class="brand"><span class="wordmark">fleetfall</span> <span class="run">${runLine(model)}</span>
<span class="tools needs-script" hidden><button type="button" id="theme" class="quiet-button">Theme: system</button> <button type="button" id="print" class="quiet-button">Print</button></span></p>
<p class="verdict ${verdict.verdict}"><span aria-hidden="true">${MARKS[verdict.verdict]}</span> ${VERDICT_WORDS[verdict.verdict]}${expected === null ? '' : ` · ${expected.kind === 'outage' ? 'an outage was to be shown' : 'health was to be shown'}`}</p>
<h1>${unbroken(`${told.charAt(0).toUpperCase()}${told.slice(1)}.`)}</h1>
<p class="lead">${unbroken(subline(verdict))}</p>
${verdict.exitCode === 0 ? null : reasons(verdict)}
${stages(verdict)}
${drawRibbon(model.arms.find(({ name }) => name === MAIN_ARM) ?? null)}
${facts(verdict, model)}
</header>`;
}

function runLine({ run, beganAtMs }: RunModel): string {
  if (run === null) return 'a journal without its head';
  const when =
    beganAtMs === null ? '' : `${new Date(beganAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [run.experiment, run.runtime, `size ${run.size}`, when, `seed ${run.seed}`].join(' · ');
}

function reasons({ reasons: all }: Verdict): Markup {
  return html`<ul class="reasons">${all.map((reason) => html`<li>${reason}</li>`)}</ul>`;
}

function stages({ goodput, phases }: Verdict): Markup | null {
  const most = phases.reduce(
    (size, { arm, frontEnds }) => (arm === 'main' ? Math.max(size, frontEnds) : size),
    0,
  );
  const all: readonly (readonly [string, Goodput | null])[] = [
    ['before', goodput.before],
    [`grown to ${most}`, goodput.during],
    ['newcomers removed', goodput.afterRemoval],
    ['all restarted', goodput.after],
  ];
  const known = all.filter(([, stage]) => stage !== null);
  if (known.length === 0) return null;
  return html`<ol class="stages" aria-label="Requests served at each stage">${known.map(([name, stage]) =>
    stageOf(name, stage as Goodput),
  )}</ol>`;
}

function stageOf(name: string, { fraction, okPerSecond, offeredPerSecond }: Goodput): Markup {
  const standing = fraction >= RESTORED_AT_LEAST ? 'up' : 'down';
  return html`<li class="stage ${standing}"><span class="name">${name}</span> <strong>${percent(fraction)}</strong>
<span class="detail">served: ${Math.round(okPerSecond)} of ${Math.round(offeredPerSecond)} requests/s</span></li>`;
}

/** The few figures that the story turns on. */
function facts(verdict: Verdict, model: RunModel): Markup {
  const { prediction, observed, refusals, firstFailedRequest, threadsUnseen } = verdict;
  const { incumbent, newcomer } = refusals;
  const limit = prediction?.limit ?? null;
  const line =
    prediction === null
      ? 'none was made'
      : `${round(prediction.a)} + ${round(prediction.k)}·(N − 1), and ${round(prediction.c)} while a map is built`;
  const beganMs = model.arms.find(({ name }) => name === MAIN_ARM)?.beginMs ?? 0;
  const failed =
    firstFailedRequest === null
      ? 'none'
      : `at ${counted(firstFailedRequest.frontEnds, 'front-end')}, ${seconds(firstFailedRequest.monoMs - beganMs)} in`;
  const ofThreads =
    threadsUnseen === null
      ? html`<div><dt>breaking size</dt><dd>predicted <b>${prediction?.size ?? 'none'}</b>, observed <b>${observed.size ?? 'none'}</b></dd></div>
<div><dt>threads of a front-end among N</dt><dd>${line}${limit === null ? '' : `; limit ${limit}`}</dd></div>
<div><dt>threads refused by the kernel</dt><dd>incumbents <b>${incumbent.hits}</b>× on ${incumbent.members} of ${incumbent.watched}, newcomers <b>${newcomer.hits}</b>× on ${newcomer.members} of ${newcomer.watched}</dd></div>`
      : html`<div><dt>threads, and what the kernel refused</dt><dd>${UNSEEN_WORDS[threadsUnseen]}</dd></div>`;
  return html`<dl class="facts">
${ofThreads}
<div><dt>first failed request</dt><dd>${failed}</dd></div>
</dl>`;
}

/** Keeps a figure with its unit, and a front-end in one piece, at the end of a line. */
const unbroken = (text: string): string =>
  text.replaceAll(' %', '\u00a0%').replaceAll('front-end', 'front\u2011end');

const round = (value: number): string => String(Number(value.toFixed(2)));
