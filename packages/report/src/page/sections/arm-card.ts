/**
 * One arm among those beside it: what it differs in, how it stands, its threads and requests drawn small.
 */
import { armName } from '../arm-names.ts';
import { html, type Markup } from '../html.ts';
import type { ArmModel } from '../model/arm-model.ts';

/** @param standing what it came to, or is coming to. */
export function armCard(
  { name, title, settings }: Pick<ArmModel, 'name' | 'title' | 'settings'>,
  standing: Markup,
): Markup {
  return html`<article class="arm-card">
<h3>${armName({ name, title })}</h3>
${standing}
<p class="quiet">${settings === null ? 'no settings' : `${settings.frontEnd.peerLinks} links, pids.max ${settings.pidsMax}`}</p>
<div class="small-plots needs-script" data-arm="${name}" hidden></div>
</article>`;
}
