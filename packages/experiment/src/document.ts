/**
 * An experiment file before it is validated: its values, and where each was said, in the file, in in a size of it, in
 * an arm, by a flag, so that an error can point there. Reading text is all it does; what the values mean is the schema's.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { SettingsError } from './settings-error.ts';

/** The keys that lead to a value. */
export type Path = readonly (string | number)[];

/** A value said elsewhere than at its place in the file. */
export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** How it was said, as errors name it: `--pids-max`; or the place in the file where it was. */
  readonly saidBy: string | { readonly from: Path };
}

export interface ExperimentDocument {
  readonly tree: unknown;
  /** The value at a path; undefined when nothing was said. */
  valueAt(path: Path): unknown;
  /** Whether a value was said, by an override other than those of a size or an arm. */
  isOverridden(path: Path): boolean;
  /** How errors name a field: `--pids-max`, or `FILE:LINE:COLUMN: fleet.pidsMax`. */
  nameOf(path: Path): string;
  /** The same document with values replaced or added. */
  with(overrides: readonly Override[]): ExperimentDocument;
}

/** Aliases that a file may have, and values that they may stand for, in aliases of aliases: more is a bomb. */
const ALIASED_MAX = 100;
/** A file over this is no experiment. */
const CHARACTERS_MAX = 1_000_000;

/**
 * Reads the text of an experiment file.
 * @param file its name, for errors.
 * @throws SettingsError when it is no YAML, each error with its line and column.
 */
export function readDocument(text: string, file: string): ExperimentDocument {
  if (text.length > CHARACTERS_MAX) {
    throw new SettingsError(`${file}: ${text.length} characters: must be at most ${CHARACTERS_MAX}`);
  }
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const wrong = [
    ...parsed.errors.map(({ pos, code, message }) =>
      code === 'MULTIPLE_DOCS'
        ? `${at(pos[0])}: must be one document: another begins here`
        : `${at(pos[0])}: is not YAML: ${message}`,
    ),
    ...unreadable(parsed).map(({ offset, why }) => `${at(offset)}: ${why}`),
  ];
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'));
  let tree: unknown;
  try {
    tree = parsed.toJS({ maxAliasCount: ALIASED_MAX });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${file}: its aliases must stand for less: ${why}`, { cause: error });
  }
  return documentOf({ tree, said: new Map(), placeOf: (path) => at(offsetOf(parsed, path)), shown: dotted });
}

/**
 * What is YAML and no experiment can hold: an alias for nothing, a key that is no text, so many aliases that to look
 * up each, for which the whole document is gone through, would take minutes. Behind the first of those nothing is read.
 */
function unreadable(parsed: Document): { readonly offset: number; readonly why: string }[] {
  const found: { offset: number; why: string }[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(parsed, {
    Node(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_, alias) {
      const offset = rangeStart(alias) ?? 0;
      aliases += 1;
      if (aliases > ALIASED_MAX) {
        found.push({ offset, why: `*${alias.source}: must be one of at most ${ALIASED_MAX} aliases` });
        return visit.BREAK;
      }
      if (anchors.has(alias.source)) return undefined;
      found.push({ offset, why: `*${alias.source}: nothing before it is named &${alias.source}` });
      return undefined;
    },
    Pair(_, { key }) {
      if (!isCollection(key)) return;
      found.push({ offset: rangeStart(key) ?? 0, why: 'a key must be text: it is a map or a list' });
    },
  });
  return found;
}

/**
 * A document whose values a program gave.
 * @param place whose they are, for errors: «startFleet».
 * @param shown how errors name a field.
 */
export function documentOfValues(
  tree: unknown,
  place: string,
  shown: (path: Path) => string = dotted,
): ExperimentDocument {
  return documentOf({ tree, said: new Map(), placeOf: () => place, shown });
}

interface Parts {
  readonly tree: unknown;
  /** What was said elsewhere, by its path: a flag, or another place of the file. */
  readonly said: ReadonlyMap<string, { readonly flag: string } | { readonly from: Path }>;
  readonly placeOf: (path: Path) => string;
  readonly shown: (path: Path) => string;
}

function documentOf({ tree, said, placeOf, shown }: Parts): ExperimentDocument {
  const nameOf = (path: Path): string => {
    for (let length = path.length; length > 0; length -= 1) {
      const origin = said.get(keyOf(path.slice(0, length)));
      if (origin === undefined) continue;
      if ('flag' in origin) return origin.flag;
      return `${placeOf([...origin.from, ...path.slice(length)])}: ${shown(path)}`;
    }
    return path.length === 0 ? placeOf(path) : `${placeOf(path)}: ${shown(path)}`;
  };
  return {
    tree,
    valueAt: (path) => valueIn(tree, path),
    isOverridden: (path) => {
      const origin = said.get(keyOf(path));
      return origin !== undefined && 'flag' in origin;
    },
    nameOf,
    with(overrides) {
      const nowSaid = new Map(said);
      let changed = tree;
      for (const { path, value, saidBy } of overrides) {
        changed = replaced(changed, path, value);
        nowSaid.set(keyOf(path), typeof saidBy === 'string' ? { flag: saidBy } : saidBy);
      }
      return documentOf({ tree: changed, said: nowSaid, placeOf, shown });
    },
  };
}

/** A path as people write it: `method[0].steps`. */
export function dotted(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`))
    .join('');
}

const keyOf = (path: Path): string => JSON.stringify(path);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueIn(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    tree,
  );
}

/** A copy of a tree with one value replaced; what is no map on the way becomes one. */
function replaced(tree: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(tree) && typeof key === 'number') {
    return tree.map((each, index) => (index === key ? replaced(each, rest, value) : each));
  }
  const map = isRecord(tree) ? tree : {};
  return { ...map, [key]: replaced(Object.hasOwn(map, key) ? map[key] : undefined, rest, value) };
}

/** Where a path begins in the text: its key where it has one, else what of it is there. */
function offsetOf(parsed: Document, path: Path): number {
  let offset = parsed.contents?.range?.[0] ?? 0;
  let node: unknown = parsed.contents;
  for (const key of path) {
    // What an alias stands for was written at its anchor.
    if (isAlias(node)) node = node.resolve(parsed);
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(keyText(item.key)) === String(key));
      if (pair === undefined) return offset;
      offset = rangeStart(pair.key as Node) ?? offset;
      node = pair.value;
      continue;
    }
    node =
      isNode(node) && 'get' in node
        ? (node as { get(key: unknown, keep: true): unknown }).get(key, true)
        : undefined;
    if (node === undefined) return offset;
    offset = rangeStart(node as Node) ?? offset;
  }
  return offset;
}

const keyText = (key: unknown): unknown => (isNode(key) && 'value' in key ? key.value : key);
const rangeStart = (node: Node | null): number | undefined => node?.range?.[0];
