/**
 * The frames that the script draws into: the time axis that all plots share, the plots, the mesh.
 */
import { armName } from '../arm-names.ts';
import { html, type Markup } from '../html.ts';
import type { RunModel } from '../model/run-model.ts';

export function plotsSection({ arms }: Pick<RunModel, 'arms'>): Markup {
  const choices = arms.map(
    (arm, index) =>
      html`<label><input type="radio" name="arm" value="${arm.name}"${index === 0 ? html` checked` : null}> ${armName(arm)}</label>`,
  );
  return html`<section id="fall" aria-labelledby="fall-head" tabindex="-1">
<h2 id="fall-head">The fall <small>every plot on one time axis</small></h2>
${arms.length > 1 ? html`<fieldset class="arm-choice"><legend class="unseen">Which fleet</legend>${choices}</fieldset>` : null}
<div class="clock" role="group" aria-label="Time">
<div class="clock-row"><button type="button" id="play" aria-pressed="false">▶ Replay</button>
<output id="readout" for="time" aria-live="off"></output></div>
<div class="scrubber"><canvas id="minimap" aria-hidden="true"></canvas>
<input type="range" id="time" min="0" max="1" step="1" value="0" aria-label="Moment of the run"></div>
</div>
<p class="hint">Drag along a plot to zoom in, double-click to zoom out; click to stop the clock there. With the slider in focus: arrow keys step, <kbd>Page&nbsp;Up</kbd> and <kbd>Page&nbsp;Down</kbd> go from phase to phase, <kbd>+</kbd> and <kbd>-</kbd> zoom about the moment, the space bar replays.</p>
<div id="moments" class="moments" role="group" aria-label="Marked moments"></div>
<div id="plots"></div>
</section>`;
}

export function meshSection(): Markup {
  return html`<section aria-labelledby="mesh-head" id="mesh">
<h2 id="mesh-head">The mesh <small id="mesh-moment"></small></h2>
<div class="mesh">
<figure><canvas id="mesh-canvas" role="img" aria-label="Which front-end knows which"></canvas><figcaption id="mesh-caption"></figcaption></figure>
<div class="mesh-table" tabindex="0" role="region" aria-label="Every front-end and back-end at this moment"><table id="mesh-table"></table>
<table id="back-end-table" hidden></table></div>
</div>
</section>`;
}
