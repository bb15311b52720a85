/**
 * Makes what `npm pack` publishes, in `dist/`, which git ignores: the programs as JavaScript with all that they import
 * inside, the members' kit, the types of what scripts import, and the licences of what was bundled. Types are not
 * stripped below node_modules, so that a published package cannot bring sources as the clone does.
 */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED_EXPERIMENTS } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { makeParts } from '@fleetfall/orchestrator/kit/bundle.ts';
import { fleetEntries, REPOSITORY } from '@fleetfall/orchestrator/kit/entries.ts';
import { SHIPPED_KIT, writeParts } from '@fleetfall/orchestrator/kit/take-kit.ts';
import { bundleClient } from '@fleetfall/report/page/client-asset.ts';
import { assertOlderLanguage, writeDeclarations } from './declarations.ts';
import { licencesOf } from './licences.ts';
import { writePrograms } from './programs.ts';

const PACKAGE = join(import.meta.dirname, '..');
const DIST = join(PACKAGE, 'dist');

await assertOlderLanguage();
rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
const [programs, kit] = await Promise.all([writePrograms(DIST), makeParts(fleetEntries())]);
writeParts(join(DIST, 'orchestrator/kit', SHIPPED_KIT), kit);
cpSync(join(REPOSITORY, 'experiments'), join(DIST, 'orchestrator/cli', SHIPPED_EXPERIMENTS), {
  recursive: true,
});
mkdirSync(join(DIST, 'report/page'), { recursive: true });
writeFileSync(join(DIST, 'report/page/client-asset.json'), JSON.stringify(await bundleClient()));
await writeDeclarations(PACKAGE, join(DIST, 'types'));
writeFileSync(
  join(DIST, 'THIRD-PARTY-LICENSES.txt'),
  licencesOf(REPOSITORY, [...programs.sources, ...kit.sources]),
);
copyFileSync(join(REPOSITORY, 'LICENSE'), join(PACKAGE, 'LICENSE'));
