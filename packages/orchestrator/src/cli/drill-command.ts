/**
 * `fleetfall run --blind` and `fleetfall reveal`: have a keeper hold a fleet that fails for a cause that is not told,
 * take guesses, and tell it.
 */
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { DRILL_CAUSES } from '@fleetfall/protocol/drill.ts';
import { readCauses } from '../drill/draw.ts';
import { layOutDrill } from '../drill/drill-layout.ts';
import type { RevealAnswer } from '../drill/drill-report.ts';
import { DEFAULT_NAME } from '../keeper/fleet-folder.ts';
import { askKeeper } from '../keeper/keeper-host.ts';
import type { CommandContext } from './command-context.ts';
import { guessText, reportText } from './drill-text.ts';
import { EXIT } from './exit-codes.ts';
import { type HoldOptions, holdCommand } from './hold-command.ts';
import type { VerbOptions } from './verb-command.ts';

/** Flags of a run that a drill has nothing to do with: what is looked for here is told by nobody. */
const NOT_OF_A_DRILL = ['until', 'trials', 'expect', 'junit', 'summary'] as const;

/**
 * @param causes those that are drawn from, `threads,memory`; true for all.
 * @param flags the others that were given.
 * @returns the exit code. @throws SettingsError, and what kept the fleet from coming up.
 */
export async function drillCommand(
  layout: RunLayout,
  causes: string | true,
  held: HoldOptions,
  flags: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<number> {
  const other = NOT_OF_A_DRILL.find((flag) => flags[flag] !== undefined);
  if (other !== undefined) throw new SettingsError(`--${other}: is not for a drill: leave it or --blind out`);
  const among = causes === true ? DRILL_CAUSES : readCauses(causes, '--blind');
  const drill = layOutDrill(layout, among);
  return holdCommand(drill.layout, held, context, drill.plan);
}

/** @returns the exit code: 1 for a wrong guess. @throws SettingsError when there is no such fleet, or it is in no drill. */
export async function revealCommand(
  guess: string | undefined,
  { name = DEFAULT_NAME, json }: VerbOptions,
  { fleetsFolder, stdout, signal }: CommandContext,
): Promise<number> {
  const asking = { fleetsFolder, name, onProgress: () => undefined, signal };
  const answer = (await askKeeper({ verb: 'reveal', guess }, asking)) as RevealAnswer;
  if (json === true) stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    if (answer.guess !== null) stdout.write(guessText(answer.guess));
    if (answer.report !== null) stdout.write(reportText(answer.report));
  }
  return answer.guess?.right === false ? EXIT.notAsExpected : EXIT.asExpected;
}
