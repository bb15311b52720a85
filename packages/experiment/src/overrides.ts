/**
 * What the command line says about an experiment's fields, `--pids-max 40` or `--set fleet.pidsMax=40`, as overrides
 * of its file.
 */
import { parse } from 'yaml';
import type { ExperimentDocument, Override, Path } from './document.ts';
import { FIELD_FLAGS, flagName } from './flags.ts';
import { SettingsError } from './settings-error.ts';

/** Overrides from flags that were given, by the names that commander gives them: `pidsMax`. */
export function overridesOfFlags(given: Readonly<Record<string, unknown>>): Override[] {
  const overrides = FIELD_FLAGS.flatMap((flag): Override[] => {
    const name = flagName(flag);
    const value = given[camelCase(name)];
    if (value === undefined) return [];
    const plain = flag.isText !== true && typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
    return [{ path: flag.path.split('.'), value: plain ? Number(value) : value, saidBy: name }];
  });
  const { controls } = given;
  if (typeof controls === 'boolean') {
    overrides.push({
      path: ['controls'],
      value: controls,
      saidBy: controls ? '--controls' : '--no-controls',
    });
  }
  return overrides;
}

/**
 * An override from `--set PATH=VALUE`; the value is read as YAML, so that numbers, lists and words are what they are
 * in a file.
 * @throws SettingsError when it is not of that form.
 */
export function overrideOfSet(assignment: string): Override {
  const equals = assignment.indexOf('=');
  if (equals <= 0) {
    throw new SettingsError(`--set '${assignment}': must be PATH=VALUE, such as fleet.pidsMax=40`);
  }
  const path = parsePath(assignment.slice(0, equals));
  try {
    return {
      path,
      value: parse(assignment.slice(equals + 1)),
      saidBy: `--set ${assignment.slice(0, equals)}`,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new SettingsError(`--set '${assignment}': its value must be YAML: ${why}`, { cause: error });
  }
}

/**
 * Overrides that stand in the file itself, a map from the paths of fields to values.
 * @throws SettingsError when one of its keys is no path.
 */
export function differencesAt(document: ExperimentDocument, from: Path): Override[] {
  const written = document.valueAt(from);
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).map(([text, value]) => {
    const place = [...from, text];
    try {
      return { path: parsePath(text), value, saidBy: { from: place } };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SettingsError(`${document.nameOf(place)}: ${why}`, { cause: error });
    }
  });
}

/** `method[0].steps` → `['method', 0, 'steps']`. @throws SettingsError when it is no path. */
export function parsePath(text: string): Path {
  if (!/^[\w-]+(\[\d+\])*(\.[\w-]+(\[\d+\])*)*$/.test(text)) {
    throw new SettingsError(
      `'${text}': must be the path of a field, such as fleet.pidsMax or method[0].phase`,
    );
  }
  return [...text.matchAll(/([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

function camelCase(flag: string): string {
  return flag.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
