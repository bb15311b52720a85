/**
 * What can be done to the fleet from its live page: a small form for each deed. All are out of reach until the page
 * hears that somebody holds the fleet.
 */
import { html, type Markup } from '../html.ts';
import { DEEDS_ID } from '../page-data.ts';

export function deedsSection(path: string): Markup {
  return html`<fieldset class="deeds needs-script" id="${DEEDS_ID}" data-path="${path}" disabled hidden><legend>Do to the fleet</legend>
<form data-verb="grow"><label>by <input type="number" name="count" value="1" min="1" max="50" required></label> <button type="submit">Grow</button></form>
<form data-verb="shrink"><label>by the newest <input type="number" name="count" value="1" min="1" max="50" required></label> <button type="submit">Shrink</button></form>
<form data-verb="set-limit"><label>pids.max <input type="number" name="pidsMax" value="64" min="1" max="100000" required></label> <button type="submit">Set limit</button></form>
<form data-verb="restart"><button type="submit">Restart every front-end</button></form>
</fieldset>
<p id="deeds-told" class="quiet" role="status"></p>`;
}
