/**
 * What the members of a fleet are called: experiments, scripts and shells name them so, and the journal does.
 */

export const METADATA_NAME = 'metadata';
export const OBSERVER_NAME = 'observer';
export const LOAD_NAME = 'load';

/** @param number counted from 1 over all that a fleet ever starts: a name is never given twice. */
export const frontEndName = (number: number): string => `fe-${String(number).padStart(2, '0')}`;
/** @param number from 1. */
export const backEndName = (number: number): string => `be-${number}`;
