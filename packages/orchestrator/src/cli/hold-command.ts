/**
 * `fleetfall up` and `fleetfall run --keep`: have a keeper bring a fleet up and hold it, and tell its account until then.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { parseDurationMs } from '@fleetfall/experiment/quantity.ts';
import { layOutFlags, layOutFleetOf } from '@fleetfall/experiment/script.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { DrillPlan } from '../drill/drill-layout.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';
import { assertName, DEFAULT_NAME, findFleet, takenText } from '../keeper/fleet-folder.ts';
import { askKeeper, startKeeper } from '../keeper/keeper-host.ts';
import type { KeeperOrder } from '../keeper/messages.ts';
import { ownerIsDead } from '../runtime/owner.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { type ExperimentOptions, loadExperiment } from './experiment-file.ts';
import { fittedTo } from './fitted-text.ts';
import { makeRunFolder } from './store.ts';
import { stretchToHost } from './stretch.ts';
import { answerText } from './verb-text.ts';

const LIFE_OTHERWISE = '1h';
const LIFE_MIN_MS = 10_000;
const LIFE_MAX_MS = 24 * 3_600_000;
/** Longer than any teardown may take. */
const DOWN_TIMEOUT_MS = 60_000;
const LOG_FILE = 'keeper.log';

/** How a fleet is held. */
export interface HoldOptions {
  readonly name?: string | undefined;
  /** A duration, after which it is taken down. */
  readonly for?: string | undefined;
  readonly store: string;
  readonly json?: boolean | undefined;
}

/** @returns the exit code. @throws SettingsError, and what kept the fleet from coming up. */
export async function upCommand(
  experiment: string | undefined,
  { name, for: life, store, json, ...options }: ExperimentOptions & HoldOptions,
  context: CommandContext,
): Promise<number> {
  const seed = randomBytes(4).toString('hex');
  if (experiment === undefined && options.size !== undefined) {
    throw new SettingsError(`--size '${options.size}': is of an experiment: name one, such as kinesis-2020`);
  }
  const held = { name, for: life, store, json };
  if (experiment === undefined) return holdCommand(layOutFlags(options, seed), held, context);
  const written = loadExperiment(experiment, options);
  const { read } = await stretchToHost(written, (line) => context.stderr.write(`${line}\n`));
  return holdCommand(layOutFleetOf(read, seed), held, context);
}

/**
 * Has a keeper bring the first arm of a layout up, go through its phases, and hold it.
 * @param drill what is made of it then; null for nothing.
 * @returns the exit code. @throws SettingsError, and what kept the fleet from coming up.
 */
export async function holdCommand(
  layout: RunLayout,
  { name = DEFAULT_NAME, for: life = LIFE_OTHERWISE, store, json }: HoldOptions,
  context: CommandContext,
  drill: DrillPlan | null = null,
): Promise<number> {
  const { fleetsFolder, stdout, stderr, signal } = context;
  assertName(name);
  const lifeMs = lifeOf(life);
  const before = findFleet(fleetsFolder, name);
  if (before !== null && !ownerIsDead(before.owner)) throw new SettingsError(takenText(name));
  const folder = makeRunFolder(store, layout);
  const log = join(folder, LOG_FILE);
  const order: KeeperOrder = { name, fleetsFolder, layout, folder, log, lifeMs, drill };
  signal.throwIfAborted();
  await startKeeper(order);
  const out = json === true ? stderr : stdout;
  const answer = await awaitUp(order, (line) => void out.write(`${fittedTo(out, line)}\n`), context);
  if (json === true) stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    stdout.write(`\n${fittedTo(stdout, answerText(answer))}`);
    stdout.write(
      ` it is held for ${life}; to end it: fleetfall down${name === DEFAULT_NAME ? '' : ` --name ${name}`}\n`,
    );
  }
  return EXIT.asExpected;
}

async function awaitUp(
  order: KeeperOrder,
  onProgress: (line: string) => void,
  { signal, stderr }: CommandContext,
): Promise<VerbAnswer> {
  const asking = { fleetsFolder: order.fleetsFolder, name: order.name };
  try {
    return (await askKeeper({ verb: 'await-up' }, { ...asking, onProgress, signal })) as VerbAnswer;
  } catch (error) {
    if (signal.aborted) {
      stderr.write('taking the fleet down\n');
      const within = AbortSignal.timeout(DOWN_TIMEOUT_MS);
      await askKeeper({ verb: 'down' }, { ...asking, onProgress: () => undefined, signal: within });
    } else {
      stderr.write(`the journal up to here is in ${order.folder}; the keeper's log: ${order.log}\n`);
    }
    throw error;
  }
}

function lifeOf(life: string): number {
  let lifeMs: number;
  try {
    lifeMs = parseDurationMs(life);
  } catch (error) {
    throw new SettingsError(`--for: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (lifeMs >= LIFE_MIN_MS && lifeMs <= LIFE_MAX_MS) return lifeMs;
  throw new SettingsError(`--for '${life}': must be from 10s to 24h`);
}
