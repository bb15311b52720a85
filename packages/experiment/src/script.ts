/**
 * A fleet without a method: what a script or a shell drives step by step. Its fields are those of an experiment, read
 * by the same schema, and it is laid out as a run of one arm whose method is empty.
 */
import type { Laid } from './arm-checks.ts';
import { conditionSchema } from './condition.ts';
import { documentOfValues, dotted, type ExperimentDocument, type Path } from './document.ts';
import { scriptSchema } from './experiment-schema.ts';
import { INCIDENT_DISCOVERY_MS, layOutFleet, type RunLayout } from './layout.ts';
import { MAIN_ARM } from './main-arm.ts';
import { overrideOfSet, overridesOfFlags } from './overrides.ts';
import { type ReadExperiment, STANDARD_SIZE, validateAs } from './read-experiment.ts';
import { phaseSchema, type Step, stepSchema } from './steps.ts';

/** The sections of {@link scriptSchema}; all other fields that a script gives are of its fleet. */
const SECTIONS: ReadonlySet<string> = new Set(Object.keys(scriptSchema.shape));

/**
 * Lays out the fleet of a script, whose fleet's fields stand beside the others.
 * @throws SettingsError with a line for each field that is wrong.
 */
export function layOutScript(given: Readonly<Record<string, unknown>>, seedOtherwise: string): RunLayout {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const sections = entries.filter(([key]) => SECTIONS.has(key));
  const fleet = entries.filter(([key]) => !SECTIONS.has(key));
  const tree = { ...Object.fromEntries(sections), fleet: Object.fromEntries(fleet) };
  const shown = (path: Path): string => dotted(path[0] === 'fleet' ? path.slice(1) : path);
  return layOutFields(documentOfValues(tree, 'startFleet', shown), seedOtherwise);
}

/**
 * Lays out a fleet that only a command line describes.
 * @throws SettingsError as {@link layOutScript}.
 */
export function layOutFlags(
  { set, ...flags }: { readonly set?: readonly string[]; readonly [flag: string]: unknown },
  seedOtherwise: string,
): RunLayout {
  const said = [...overridesOfFlags(flags), ...(set ?? []).map(overrideOfSet)];
  return layOutFields(documentOfValues({ name: 'fleet' }, 'the fleet').with(said), seedOtherwise);
}

/**
 * Lays out the fleet of an experiment, without what the experiment would do to it.
 * @throws SettingsError as {@link layOutScript}.
 */
export function layOutFleetOf({ document, experiment, size }: ReadExperiment, seed: string): RunLayout {
  const { name, runtime, timeScale, fleet, load, steadyState, stopWhen } = experiment;
  const fields = { name, runtime, timeScale, fleet, load, steadyState, stopWhen, seed: experiment.seed };
  return layOut(document, { ...fields, expect: { kind: 'healthy' } }, seed, experiment.size ?? size);
}

/**
 * Reads one step as a script or a command line gives it: `{ grow: { by: 4 } }`.
 * @throws SettingsError with a line for each field that is wrong.
 */
export function readStep(written: Readonly<Record<string, unknown>>, place: string): Step {
  return validateAs(stepSchema, documentOfValues(written, place));
}

/** Reads a condition. @throws SettingsError with a line for each field that is wrong. */
export function readCondition(written: unknown, place: string): ReturnType<typeof conditionSchema.parse> {
  return validateAs(conditionSchema, documentOfValues(written, place));
}

function layOutFields(document: ExperimentDocument, seed: string): RunLayout {
  return layOut(document, validateAs(scriptSchema, document), seed, STANDARD_SIZE);
}

type ScriptFields = ReturnType<typeof scriptSchema.parse>;

function layOut(
  document: ExperimentDocument,
  fields: ScriptFields,
  seedOtherwise: string,
  size: string,
): RunLayout {
  const { expect, steadyState, stopWhen } = fields;
  const seed = fields.seed ?? seedOtherwise;
  const laid: Laid = { document, experiment: fields, method: [], expect };
  const fleet = layOutFleet(laid, false);
  return {
    experiment: fields.name,
    size,
    runtime: fields.runtime,
    seed,
    trials: 1,
    timeScale: INCIDENT_DISCOVERY_MS / fleet.frontEnd.discoveryDelayMaxMs,
    stopWhen,
    arms: [
      { name: MAIN_ARM, title: null, expect, predicts: false, fleet, steadyState, method: [], rollback: [] },
    ],
    effective: document.with([{ path: ['seed'], value: seed, saidBy: 'layout' }]).tree,
  };
}

/** Reads the name of a phase. @throws SettingsError when it is none. */
export function readPhaseName(written: string, place: string): string {
  return validateAs(phaseSchema.pick({ phase: true }), documentOfValues({ phase: written }, place)).phase;
}
