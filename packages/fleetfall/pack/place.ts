/**
 * Where modules of the clone stand in the package. Their own are at its top, those of another workspace package in a
 * folder of its name: `packages/orchestrator/src/kit/kit.ts` → `orchestrator/kit/kit.ts`.
 */
const OWN = 'packages/fleetfall/src/';

/** @param source relative to the clone. */
export function placeOf(source: string): string {
  return source.startsWith(OWN)
    ? source.slice(OWN.length)
    : source.replace(/^packages\/([^/]+)\/src\//, '$1/');
}

/** As {@link placeOf}, of the JavaScript that is made of it. */
export function programPlaceOf(source: string): string {
  return placeOf(source).replace(/\.m?[jt]s$/, '.js');
}
