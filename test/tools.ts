/**
 * Programs of the system that some tests need. Without one its tests are left out and say so; where the variable that
 * requires it is set, its absence is a failure.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Why tests that need the program are left out; null when they run. */
export function leftOutWithout(program: string, requiredBy: string): string | null {
  return isThere(program) || process.env[requiredBy] !== undefined ? null : `no ${program} is installed`;
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder of the path, perhaps in the next.
      return false;
    }
  });
}
