/**
 * The experiments that come with fleetfall and the schema that editors read, held against the code.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentJsonSchema } from '@fleetfall/experiment/json-schema.ts';
import { layOut } from '@fleetfall/experiment/layout.ts';
import { builtInExperiments, loadExperiment } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { describe, expect, it } from 'vitest';

describe.each(builtInExperiments())('the experiment %s', (name) => {
  it('can be laid out in every size that it has', () => {
    const { experiment } = loadExperiment(name, {});
    for (const size of ['standard', ...Object.keys(experiment.sizes)]) {
      expect(layOut(loadExperiment(name, { size }), 'seed')).toMatchObject({ experiment: name, size });
    }
  });
});

describe('schema/experiment.v1.json', () => {
  it("is what 'npm run schema' makes of the schema that validates", () => {
    const written = readFileSync(join(import.meta.dirname, '../schema/experiment.v1.json'), 'utf8');
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(experimentJsonSchema())));
  });
});
