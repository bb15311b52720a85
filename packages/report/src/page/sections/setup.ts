/**
 * What the run was: machine, versions, seed, every setting of every arm with those that differ marked, and what of
 * the journal this page does not show.
 */
import { MAIN_ARM } from '@fleetfall/experiment/main-arm.ts';
import type { RunRecord } from '@fleetfall/journal/records.ts';
import { armName } from '../arm-names.ts';
import { html, type Markup } from '../html.ts';
import { CELLS_MAX } from '../model/grid.ts';
import { PROBES_MAX } from '../model/probes.ts';
import type { RunModel } from '../model/run-model.ts';

const GIB = 2 ** 30;

export function setupSection(model: RunModel): Markup {
  const { run, beganAtMs, records, notShown } = model;
  const unseen = Object.entries(notShown).map(([kind, count]) => `${count} of kind «${kind}»`);
  return html`<section aria-labelledby="setup">
<h2 id="setup">Machine, versions, configuration</h2>
<div class="setup">
${run === null ? null : facts(model)}
${settingsTable(model)}
</div>
${run === null ? null : again(run)}
<p class="quiet">Made from a journal of ${records} records${beganAtMs === null ? '' : ` that began ${new Date(beganAtMs).toISOString()}`}. ${unseen.length === 0 ? '' : `Not shown: ${unseen.join(', ')}. `}Plots hold at most ${CELLS_MAX} cells of equal time for each arm: where several readings fall into one, the most threads, the oldest and least complete map stand for it, and refusals and requests are added up. Load windows beyond ${2 * CELLS_MAX} are joined in pairs, with the worse latency of the two; of more than ${PROBES_MAX} probes every second one that was answered is left out, never one that failed. Marked moments and all figures of verdict and claims are from the whole journal.</p>
</section>`;
}

function facts({ run, arms }: RunModel): Markup | null {
  if (run === null) return null;
  const main = arms.find(({ name }) => name === MAIN_ARM);
  const { host } = run;
  const rows: readonly (readonly [string, string])[] = [
    ['experiment', run.experiment],
    ['run', run.runId],
    ['seed', run.seed],
    main?.drill == null
      ? ['to be shown', main?.expect?.kind ?? 'not said']
      : [
          'blind drill',
          main.drill.cause === null ? 'its cause is sealed' : `its cause was ${main.drill.cause}`,
        ],
    ['size', run.size],
    ['runtime', `${run.runtime}: ${run.runtimeReason}`],
    [
      'time',
      `an hour of discovery takes ${(3600 / run.timeScale).toFixed(1)} s (1:${Math.round(run.timeScale)})`,
    ],
    ['kernel', host.kernel],
    ['cores', String(host.cores)],
    ['memory', `${(host.memoryBytes / GIB).toFixed(1)} GiB`],
    ['cgroups', host.cgroupVersion === null ? 'not known' : `version ${host.cgroupVersion}`],
    ['engine', host.engine ?? 'none'],
    ['Node', host.node],
    ['fleetfall', run.fleetfall],
  ];
  return html`<table><caption>The run</caption><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>`;
}

/** The run again: a command, and the experiment that it takes, whatever flags and fields made it. */
function again({ effective, experiment, runtime, seed }: RunRecord): Markup {
  const rest = `--trials 1 --runtime ${runtime} --seed ${quoted(seed)}`;
  if (effective === undefined) {
    return html`<p class="again">Again, with the experiment file of the run's folder, which this journal does not hold: <code>fleetfall run experiment.yaml ${rest}</code></p>`;
  }
  const text = JSON.stringify(effective, null, 2);
  const file = `${experiment}.json`;
  const { method } = effective as { readonly method?: readonly unknown[] };
  const command =
    method === undefined || method.length === 0
      ? html`Driven by a script or by shell verbs, on the fleet of`
      : html`Again: <code>fleetfall run ${file} ${rest}</code> with`;
  return html`<p class="again">${command} <a download="${file}" href="data:application/json;charset=utf-8,${encodeURIComponent(text)}">${file}</a>, which holds every field and flag that was set.</p>
<details class="file"><summary>${file}</summary><pre tabindex="0">${text}</pre></details>`;
}

/** An argument as a shell takes it. */
const quoted = (text: string): string =>
  /^[\w.,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function settingsTable({ arms }: RunModel): Markup | null {
  const flat = arms.map(({ name, title, settings }) => ({ name, title, values: flattened(settings ?? {}) }));
  const names = [...new Set(flat.flatMap(({ values }) => [...values.keys()]))];
  if (names.length === 0) return null;
  const rows = names.map((name) => {
    const values = flat.map((arm) => arm.values.get(name) ?? '–');
    const differs = new Set(values).size > 1;
    return html`<tr${differs ? html` class="differs"` : null}><th scope="row">${name}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`;
  });
  return html`<div class="scrolls" tabindex="0" role="region" aria-label="Settings"><table><caption>Settings${flat.length > 1 ? ' (what differs is bold)' : ''}</caption>
<thead><tr><td></td>${flat.map((arm) => html`<th scope="col">${armName(arm)}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Settings by their path. */
function flattened(settings: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'object' && value !== null) {
      for (const [inner, text] of flattened(value, `${path}${name}.`)) found.set(inner, text);
    } else found.set(path + name, String(value));
  }
  return found;
}
