/**
 * The one error for what a user got wrong: a flag, a field of a file, a combination of them.
 */

/** A setting is wrong. Names the field, the value and what is allowed; a line for each where several are. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
