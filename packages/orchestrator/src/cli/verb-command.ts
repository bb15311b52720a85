/**
 * The verbs of a fleet that a keeper holds: each is one request, its answer told, its outcome an exit code.
 */
import { existsSync } from 'node:fs';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { FaultVerdict } from '@fleetfall/protocol/faults.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';
import { DEFAULT_NAME, type NamedFleet, removeFolder } from '../keeper/fleet-folder.ts';
import { askKeeper, KeeperDiedError } from '../keeper/keeper-host.ts';
import type { DownAnswer, VerbRequest } from '../keeper/messages.ts';
import { prune } from '../runtime/prune.ts';
import type { CommandContext } from './command-context.ts';
import { reportText } from './drill-text.ts';
import { EXIT, SignalledError } from './exit-codes.ts';
import { fittedTo } from './fitted-text.ts';
import { columnsOf } from './terminal-width.ts';
import { answerText, statusText } from './verb-text.ts';

export interface VerbOptions {
  readonly name?: string | undefined;
  readonly json?: boolean | undefined;
}

/** @returns the exit code. @throws SettingsError, KeeperDiedError, VerbRefusedError. */
export async function verbCommand(
  request: VerbRequest,
  { name = DEFAULT_NAME, json }: VerbOptions,
  context: CommandContext,
): Promise<number> {
  const { fleetsFolder, stdout, stderr, signal } = context;
  const onProgress = (line: string): void => void stderr.write(`${line}\n`);
  try {
    const answer = (await askKeeper(request, { fleetsFolder, name, onProgress, signal })) as VerbAnswer;
    const text = request.verb === 'status' ? statusText(answer, columnsOf(stdout)) : answerText(answer);
    stdout.write(json === true ? `${JSON.stringify(answer)}\n` : fittedTo(stdout, text));
    return exitCodeOf(answer);
  } catch (error) {
    if (!(error instanceof SignalledError)) throw error;
    stderr.write(`${error.message}; fleet '${name}' stays, and goes on with what it was asked for\n`);
    return error.exitCode;
  }
}

/** @returns the exit code. @throws SettingsError when there is no such fleet; VerbRefusedError when something was left. */
export async function downCommand(
  { name = DEFAULT_NAME, json }: VerbOptions,
  context: CommandContext,
): Promise<number> {
  const { fleetsFolder, stdout, stderr, signal } = context;
  const asking = { fleetsFolder, name, onProgress: () => undefined, signal };
  let answer: DownAnswer;
  try {
    answer = (await askKeeper({ verb: 'down' }, asking)) as DownAnswer;
  } catch (error) {
    if (!(error instanceof KeeperDiedError)) throw error;
    const { fleet } = error;
    stderr.write(`the keeper of fleet '${name}' had died; its log: ${fleet.log}; removing what is left\n`);
    const left = await removeRemains(fleet, context);
    if (left.length > 0) {
      stderr.write(
        `${left.map((line) => `still there: ${line}\n`).join('')}to try again: fleetfall down --name ${name}\n`,
      );
      return EXIT.leftover;
    }
    removeFolder(fleetsFolder, fleet);
    answer = { name, journal: fleet.journal };
  }
  if (json === true) stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    if (answer.drill !== undefined) stdout.write(`${reportText(answer.drill)}\n`);
    stdout.write(` fleet ${name} is down\n journal  ${answer.journal}\n`);
  }
  return EXIT.asExpected;
}

/** @returns what of a dead keeper's fleet could not be removed, or not be looked for. */
async function removeRemains(
  { owner, journal }: NamedFleet,
  { environment }: CommandContext,
): Promise<string[]> {
  const left: string[] = [];
  const found = await prune({
    check: false,
    owner,
    environment,
    onEngineAbsent(why) {
      // Nothing is made before the journal is there, and says where.
      if (existsSync(journal) && readJournal(journal).run.runtime !== 'cgroup')
        left.push(`its containers, which cannot be looked for: ${why}`);
    },
  });
  for (const { runtime, kind, name, dead, keptBecause } of found) {
    if (dead && keptBecause !== null) left.push(`${runtime} ${kind} ${name}: ${keptBecause}`);
  }
  return left;
}

/** Faults are credited by their evidence alone: one that was not tried is no success, one that cannot be told neither. */
function exitCodeOf({ outcomes }: VerbAnswer): number {
  const seen = (verdict: FaultVerdict): boolean => outcomes.some(({ outcome }) => outcome === verdict);
  if (seen('skipped')) return EXIT.notAsExpected;
  return seen('indeterminate') ? EXIT.inconclusive : EXIT.asExpected;
}
