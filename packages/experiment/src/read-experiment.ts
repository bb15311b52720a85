/**
 * Reads an experiment: its file, the size and the overrides of a command line, into a validated whole. Every error
 * names where the value was said, the field, the value and what is allowed; all of them are told at once.
 */
import type { z } from 'zod';
import { dotted, type ExperimentDocument, type Override, readDocument } from './document.ts';
import { type Experiment, experimentSchema } from './experiment-schema.ts';
import { fieldsAllowedAt } from './json-schema.ts';
import { differencesAt, overrideOfSet, overridesOfFlags } from './overrides.ts';
import { SettingsError } from './settings-error.ts';

/** The size of an experiment when none is asked for. */
export const STANDARD_SIZE = 'standard';
const ERRORS_SHOWN_MAX = 20;
/** So many characters of a value are said again. */
const SAID_MAX = 80;

export interface ExperimentSource {
  /** The file's name, for errors. */
  readonly file: string;
  readonly text: string;
  readonly size?: string | undefined;
  /** `PATH=VALUE`, as `--set` takes it. */
  readonly set?: readonly string[] | undefined;
  /** Flags that stand for fields, by the names that commander gives them. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
}

/** An experiment with the document that it was read from, for errors that show later. */
export interface ReadExperiment {
  readonly experiment: Experiment;
  readonly document: ExperimentDocument;
  readonly size: string;
}

/** @throws SettingsError with a line for each field that is wrong. */
export function readExperiment({ file, text, size, set, flags }: ExperimentSource): ReadExperiment {
  const overrides: Override[] = [...overridesOfFlags(flags ?? {}), ...(set ?? []).map(overrideOfSet)];
  const document = sized(readDocument(text, file), size ?? STANDARD_SIZE).with(overrides);
  return { document, experiment: validate(document), size: size ?? STANDARD_SIZE };
}

/**
 * Validates a document.
 * @throws SettingsError with a line for each field that is wrong.
 */
export function validate(document: ExperimentDocument): Experiment {
  return validateAs(experimentSchema, document);
}

/**
 * Validates a document that is a part of an experiment, or is laid out as one.
 * @throws SettingsError with a line for each field that is wrong.
 */
export function validateAs<Schema extends z.ZodType>(
  schema: Schema,
  document: ExperimentDocument,
): z.output<Schema> {
  const result = schema.safeParse(document.tree, { reportInput: false, error: ofKind });
  if (result.success) return result.data;
  const lines = [...new Set(result.error.issues.flatMap((issue) => linesOf(document, issue)))];
  const more = lines.length - ERRORS_SHOWN_MAX;
  throw new SettingsError(
    [...lines.slice(0, ERRORS_SHOWN_MAX), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
  );
}

function sized(document: ExperimentDocument, size: string): ExperimentDocument {
  if (size === STANDARD_SIZE) return document;
  const sizes = document.valueAt(['sizes']);
  const names = [STANDARD_SIZE, ...(typeof sizes === 'object' && sizes !== null ? Object.keys(sizes) : [])];
  if (!names.includes(size)) throw new SettingsError(`--size '${size}': must be one of ${names.join(', ')}`);
  return document.with(differencesAt(document, ['sizes', size]));
}

type Issue = z.core.$ZodIssue;

function linesOf(document: ExperimentDocument, issue: Issue, above: Issue['path'] = []): string[] {
  const path = [...above, ...issue.path].map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const allowed = fieldsAllowedAt(path);
    return issue.keys.map(
      (key) =>
        `${document.nameOf([...path, key])}: is no field: ${path.length === 0 ? 'an experiment' : `'${dotted(path)}'`} takes ${allowed.join(', ')}`,
    );
  }
  // The alternative that the value is of the kind of says better what is wrong with it than all of them together.
  const meant =
    issue.code === 'invalid_union'
      ? issue.errors.find((branch) =>
          branch.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
        )
      : undefined;
  if (meant !== undefined) return meant.flatMap((each) => linesOf(document, each, path));
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => `${document.nameOf(path)}: ${message}`);
  return [`${document.nameOf(path)}${said(document.valueAt(path))}: ${issue.message}`];
}

/** What a field must be whose schema leaves it to its kind. */
function ofKind({ code, expected }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'invalid_type') return undefined;
  if (expected === 'array') return "must be a list: a line with '- ' for each";
  return expected === 'object' || expected === 'record' ? 'must be a map of fields' : undefined;
}

function said(value: unknown): string {
  if (value === undefined) return ' is missing';
  if (value === null) return ' is empty';
  if (typeof value === 'object') return '';
  const text = String(value);
  return ` '${text.length > SAID_MAX ? `${text.slice(0, SAID_MAX)}…` : text}'`;
}
