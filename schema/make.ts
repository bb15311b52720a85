/**
 * Writes `experiment.v1.json`, the schema of experiment files for editors, from the one that validates: `npm run schema`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentJsonSchema } from '@fleetfall/experiment/json-schema.ts';

writeFileSync(
  join(import.meta.dirname, 'experiment.v1.json'),
  `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`,
);
