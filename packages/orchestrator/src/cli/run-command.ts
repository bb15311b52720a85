/**
 * `fleetfall run` and `fleetfall resume`: lay a run out, run its trials, tell what they came to. The teardown comes
 * before the verdict is told and never hides it; the reports come after it.
 */
import { randomBytes } from 'node:crypto';
import { layOut, type RunLayout } from '@fleetfall/experiment/layout.ts';
import { readExperiment } from '@fleetfall/experiment/read-experiment.ts';
import { layOutFleetOf } from '@fleetfall/experiment/script.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { BuildReportOptions } from './build-report-flags.ts';
import { checkBuildReports, tellBroken, writeBuildReports } from './build-reports.ts';
import type { CommandContext } from './command-context.ts';
import { drillCommand } from './drill-command.ts';
import { EXIT } from './exit-codes.ts';
import { type ExperimentOptions, loadExperiment } from './experiment-file.ts';
import { fittedTo } from './fitted-text.ts';
import { type HoldOptions, holdCommand } from './hold-command.ts';
import { leaveReport, reportPathOf } from './report-file.ts';
import { experimentIn, makeRunFolder } from './store.ts';
import { stretchToHost } from './stretch.ts';
import { type JudgedTrial, runTrials } from './trials.ts';
import { leaveTrialsPage } from './trials-page-file.ts';
import { trialsExitCode, trialsJson, trialsText } from './trials-text.ts';
import { verdictJson, verdictText } from './verdict-text.ts';

/** What `run` takes besides the fields of its experiment. */
export interface RunOptions extends ExperimentOptions, HoldOptions, BuildReportOptions {
  readonly keep?: boolean;
  /** A drill: true for any cause, else those that are drawn from. */
  readonly blind?: boolean | string;
}

/** @returns the exit code. @throws SettingsError, RuntimeUnavailableError, and what ended the run early. */
export async function runCommand(
  experiment: string,
  { keep, blind, name, for: life, store, json, junit, summary, ...options }: RunOptions,
  context: CommandContext,
): Promise<number> {
  const out = json === true ? context.stderr : context.stdout;
  const seed = randomBytes(4).toString('hex');
  const written = loadExperiment(experiment, options);
  // What is wrong with it is told before anything is measured.
  layOut(written, seed);
  const { read } = await stretchToHost(written, (line) => out.write(`${line}\n`));
  if (blind !== undefined && blind !== false) {
    const held = { name, for: life, store, json };
    return drillCommand(layOutFleetOf(read, seed), blind, held, { junit, summary, ...options }, context);
  }
  const layout = layOut(read, seed);
  const files = { junit, summary };
  checkBuildReports(files);
  if (keep === true) return holdCommand(onlyMain(layout), { name, for: life, store, json }, context);
  if (name !== undefined || life !== undefined) {
    throw new SettingsError(
      `${name === undefined ? '--for' : '--name'}: is for a fleet that is kept: add --keep`,
    );
  }
  return runAndTell(layout, makeRunFolder(store, layout), { json: json === true, files }, context);
}

/** @returns the exit code. @throws as {@link runCommand}. */
export async function resumeCommand(
  folder: string,
  { json, ...files }: BuildReportOptions & { readonly json?: boolean },
  context: CommandContext,
): Promise<number> {
  checkBuildReports(files);
  const layout = layOut(readExperiment(experimentIn(folder)), randomBytes(4).toString('hex'));
  return runAndTell(layout, folder, { json: json === true, files }, context);
}

/** A kept fleet is the experiment's own: the arms behind it would never be come to. */
function onlyMain(layout: RunLayout): RunLayout {
  if (layout.trials !== 1) {
    throw new SettingsError(`--trials ${layout.trials}: must be 1 with --keep: only one fleet can be kept`);
  }
  return { ...layout, arms: [layout.arms[0]] };
}

async function runAndTell(
  layout: RunLayout,
  folder: string,
  { json, files }: { readonly json: boolean; readonly files: BuildReportOptions },
  context: CommandContext,
): Promise<number> {
  const out = json ? context.stderr : context.stdout;
  const { trials, leftBehind } = await runTrials(layout, folder, out, context).catch((error: unknown) => {
    tellBroken(error, { folder, trials: layout.trials }, files, context);
    throw error;
  });
  const exitCode = tell(trials, folder, json, context);
  // Before the pages, which take their time: a build server waits for these.
  writeBuildReports(trials, files);
  for (const { records, journalPath, verdict } of trials)
    await leaveReport(records, journalPath, context, verdict);
  if (layout.trials > 1) await leaveTrialsPage(trials, folder, context);
  context.signal.throwIfAborted();
  return leftBehind === undefined ? exitCode : EXIT.leftover;
}

function tell(
  trials: readonly JudgedTrial[],
  folder: string,
  json: boolean,
  { stdout }: CommandContext,
): number {
  const [only] = trials;
  if (trials.length === 1 && only !== undefined) {
    const { verdict, records, journalPath } = only;
    const report = reportPathOf(journalPath);
    if (json) stdout.write(`${JSON.stringify(verdictJson(verdict, records, journalPath, report))}\n`);
    else stdout.write(verdictText(verdict, records, journalPath, stdout, report));
    return verdict.exitCode;
  }
  if (json) stdout.write(`${JSON.stringify(trialsJson(trials, folder))}\n`);
  else stdout.write(fittedTo(stdout, trialsText(trials, folder)));
  return trialsExitCode(trials);
}
