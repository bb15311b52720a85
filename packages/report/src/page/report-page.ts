/**
 * report.html: a run on one page that needs nothing else, made from its journal. What can be read (verdict, claims,
 * arms, configuration) stands in the markup; what is looked at (plots, mesh) is drawn by the page's script from
 * data inside it. It opens from a disk, and asks no network for anything.
 */
import { judge, type Verdict } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { drawFall } from '../fall-picture.ts';
import { story, VERDICT_WORDS } from '../headline.ts';
import { type ClientAsset, clientAsset } from './client-asset.ts';
import { embeddedJson, html, type Markup, raw } from './html.ts';
import { encodeRun, modelOf, type RunModel } from './model/run-model.ts';
import { momentsOf } from './moments.ts';
import { DATA_ID, type PageData } from './page-data.ts';
import { armsSection } from './sections/arms.ts';
import { claimsSection } from './sections/claims.ts';
import { heroSection } from './sections/hero.ts';
import { loadSection } from './sections/load.ts';
import { meshSection, plotsSection } from './sections/plots.ts';
import { setupSection } from './sections/setup.ts';
import { uncountedOf } from './uncounted.ts';

/**
 * Makes the page of a run. `records` are those of its journal, from its first on.
 * @param verdict the judge's on them, where it has judged already: on a long journal it takes its time.
 */
export async function reportPage(
  records: readonly JournalRecord[],
  verdict: Verdict = judge(records),
): Promise<string> {
  const asset = await clientAsset();
  return pageOf(records, asset, verdict);
}

/** The page with a given script and style. Pure. */
export function pageOf(
  records: readonly JournalRecord[],
  asset: ClientAsset,
  verdict: Verdict = judge(records),
): string {
  const model = modelOf(records);
  const data: PageData = {
    run: encodeRun(model),
    moments: momentsOf(records, verdict),
    uncounted: uncountedOf(verdict),
  };
  const title = `${VERDICT_WORDS[verdict.verdict]} · ${model.run?.experiment ?? 'a run'} · fleetfall`;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="fleetfall ${model.run?.fleetfall ?? ''}">
<meta name="description" content="${story(verdict)}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(asset.style)}</style>
</head>
<body>
${body(records, verdict, model)}
<script type="application/json" id="${DATA_ID}">${embeddedJson(data)}</script>
<script>${raw(asset.script.replaceAll('</script', '<\\/script'))}</script>
</body>
</html>`.markup
  }\n`;
}

function body(records: readonly JournalRecord[], verdict: Verdict, model: RunModel): Markup {
  return html`<a class="skip" href="#fall">Skip to the fall</a>
<main>
${heroSection(verdict, model)}
${claimsSection(verdict)}
<noscript><section class="still">${raw(drawFall(records, verdict))}</section></noscript>
<div class="needs-script" hidden>
${plotsSection(model)}
${meshSection()}
</div>
${armsSection(verdict, model)}
${loadSection(records, verdict, model)}
${setupSection(model)}
</main>`;
}
