/**
 * Finds the file of an experiment: one that comes with fleetfall, by its name, or any other, by its path.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type ReadExperiment, readExperiment } from '@fleetfall/experiment/read-experiment.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { REPOSITORY } from '../kit/entries.ts';

/** Where a published package has the experiments that come with it: beside this module. */
export const SHIPPED_EXPERIMENTS = 'shipped-experiments';
const shipped = join(import.meta.dirname, SHIPPED_EXPERIMENTS);
/** The experiments that come with fleetfall; in a clone at its top. */
const BUILT_IN = existsSync(shipped) ? shipped : join(REPOSITORY, 'experiments');

/** The experiment that all of this is about. */
export const INCIDENT = 'kinesis-2020';

/** What a command line says about an experiment, as commander gives it: flags by their names. */
export interface ExperimentOptions {
  readonly size?: string;
  readonly set?: readonly string[];
  readonly [flag: string]: unknown;
}

/** The names of the experiments that come with fleetfall. */
export function builtInExperiments(): string[] {
  return readdirSync(BUILT_IN)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .toSorted();
}

/**
 * Reads an experiment by name or path.
 * @throws SettingsError when there is none, or it is wrong.
 */
export function loadExperiment(named: string, { size, set, ...flags }: ExperimentOptions): ReadExperiment {
  const path = findExperiment(named);
  return readExperiment({ file: shownAs(path), text: readText(path), size, set, flags });
}

function findExperiment(named: string): string {
  const builtIn = join(BUILT_IN, `${named}.yaml`);
  if (/^[a-z0-9-]+$/.test(named) && existsSync(builtIn)) return builtIn;
  if (/\.(ya?ml|json)$/.test(named)) return named;
  throw new SettingsError(
    `experiment '${named}': there is no such experiment: must be one of ${builtInExperiments().join(', ')}, or the path of a .yaml file`,
  );
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`experiment '${path}': must be a text file that can be read, in UTF-8: ${why}`, {
      cause: error,
    });
  }
}

/** As short as it can be found by from here. */
function shownAs(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere;
}
