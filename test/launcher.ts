/**
 * Where the command line is started from, in the clone: the one place that says so, for tests and benchmarks.
 */
import { join } from 'node:path';

export const LAUNCHER = join(import.meta.dirname, '../packages/fleetfall/bin/fleetfall.mjs');
