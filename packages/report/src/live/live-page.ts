/**
 * The live page: the frame in which a run is shown as it happens. It carries no record; its script hears of the run
 * from the server that the page came from.
 */
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { story, VERDICT_WORDS } from '../headline.ts';
import type { ClientAsset } from '../page/client-asset.ts';
import { html, type Markup, raw } from '../page/html.ts';
import { LIVE_ID } from '../page/page-data.ts';
import { claimsSection } from '../page/sections/claims.ts';
import { deedsSection } from '../page/sections/deeds.ts';
import { meshSection, plotsSection } from '../page/sections/plots.ts';

/** Something that can be done to the fleet that is shown, by a command to be typed. */
export interface TypedCommand {
  readonly does: string;
  readonly command: string;
}

export interface LivePage {
  /** For people: which run. */
  readonly name: string;
  /** Where the page hears of it. */
  readonly eventsPath: string;
  readonly commands: readonly TypedCommand[];
  /** Where it asks for what is to be done to the fleet; null where nothing can be. */
  readonly deedsPath: string | null;
  /** Of the page's own script, for the policy under which the page is served. */
  readonly nonce: string;
}

/** Makes the page. Pure. */
export function livePage(
  { name, eventsPath, commands, deedsPath, nonce }: LivePage,
  asset: ClientAsset,
): string {
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${name} · live · fleetfall</title>
<link rel="icon" href="data:,">
<style>${raw(asset.style)}</style>
</head>
<body>
<a class="skip" href="#fall">Skip to the fall</a>
<main>
<header class="hero">
<p class="brand"><span class="wordmark">fleetfall</span> <span class="run">${name}</span>
<span class="tools needs-script" hidden><button type="button" id="theme" class="quiet-button">Theme: system</button> <button type="button" id="print" class="quiet-button">Print</button></span></p>
<p class="verdict"><span id="${LIVE_ID}" data-events="${eventsPath}">live</span> · <span id="live-state" role="status">connecting</span></p>
<h1 id="live-now">Nothing has happened yet</h1>
${commandList(commands)}
${deedsPath === null ? null : deedsSection(deedsPath)}
<fieldset class="arm-choice" id="arms" hidden><legend class="unseen">Which fleet</legend></fieldset>
</header>
<div id="live-verdict"></div>
<noscript><p>A run can be followed with a script only. Its report can be read without one.</p></noscript>
<div class="needs-script" hidden>
${plotsSection({ arms: [] })}
${meshSection()}
</div>
<div id="live-arms"></div>
<div id="live-setup"></div>
</main>
<script nonce="${nonce}">${raw(asset.script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>`.markup
  }\n`;
}

function commandList(commands: readonly TypedCommand[]): Markup | null {
  if (commands.length === 0) return null;
  return html`<dl class="facts commands">${commands.map(
    ({ does, command }) => html`<div><dt>${does}</dt><dd><code>${command}</code></dd></div>`,
  )}</dl>`;
}

/** What stands above the plots once a run has been judged. */
export function verdictMarkup(verdict: Verdict): string {
  const told = story(verdict);
  return html`<section aria-labelledby="live-told">
<p class="verdict ${verdict.verdict}">${VERDICT_WORDS[verdict.verdict]}</p>
<h2 id="live-told">${told.charAt(0).toUpperCase()}${told.slice(1)}.</h2>
</section>
${claimsSection(verdict)}`.markup;
}

/** What stands there when a journal is too long to be judged beside a page. */
export function tooLongMarkup(): string {
  return html`<section><p class="verdict">Not judged here: the journal is too long. «fleetfall judge» does it.</p></section>`
    .markup;
}
