/**
 * The schema of experiment files for editors, made from the one that validates: `schema/experiment.v1.json`.
 */
import { z } from 'zod';
import type { Path } from './document.ts';
import { experimentSchema } from './experiment-schema.ts';

/** The part of JSON Schema that is used here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** What an experiment file is allowed to hold, as it is written. */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, { io: 'input' }) as JsonSchema;
  // What a size lays over the experiment is again of an experiment, every field of it optional.
  return { title: 'A fleetfall experiment, version 1', ...schema };
}

/** The names of the fields that are allowed at a path; empty where any are, or none. */
export function fieldsAllowedAt(path: Path): string[] {
  let schemas: readonly JsonSchema[] = [experimentJsonSchema()];
  for (const key of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => below(schema, key));
  return [
    ...new Set(schemas.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {}))),
  ];
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] =>
  schema.anyOf?.flatMap(alternatives) ?? [schema];

function below({ properties, additionalProperties, items }: JsonSchema, key: string | number): JsonSchema[] {
  if (typeof key === 'number') return items === undefined ? [] : [items];
  const own = properties?.[key];
  if (own !== undefined) return [own];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}
