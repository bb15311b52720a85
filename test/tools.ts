/**
 * Programs of the system that some tests need. Without one its tests are left out and say so; where the variable that
 * requires it is set, its absence is a failure.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program, or why tests that need it are left out. */
export interface FoundTool {
  /** null when it is not installed. */
  readonly path: string | null;
  /** null when tests run. */
  readonly leftOut: string | null;
}

/** Why tests that need the program are left out; null when they run. */
export function leftOutWithout(program: string, requiredBy: string): string | null {
  return findTool(program, requiredBy).leftOut;
}

/** Looks for a program. Where it is required and not there, its tests run and fail. */
export function findTool(program: string, requiredBy: string): FoundTool {
  const path = placeOf(program);
  const isLeftOut = path === null && process.env[requiredBy] === undefined;
  return { path, leftOut: isLeftOut ? `no ${program} is installed` : null };
}

function placeOf(program: string): string | null {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return places.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not in this folder of the path, perhaps in the next.
    return false;
  }
}
