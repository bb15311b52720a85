/**
 * The name that every experiment has an arm of.
 */

/** The arm that is the experiment; the others are its controls. */
export const MAIN_ARM = 'main';
