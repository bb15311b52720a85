/**
 * Whom something is done to, as a script or a command line says it: members by id, or by a description.
 */
import { z } from 'zod';
import { documentOfValues } from './document.ts';
import { count, text, word } from './fields.ts';
import { validateAs } from './read-experiment.ts';

const targetsSchema = z.strictObject({
  members: z.union(
    [
      z.array(text(40)).min(1, 'must name a member'),
      z.strictObject({
        role: word('front-end', 'back-end', 'metadata').optional(),
        cohort: word('incumbent', 'newcomer').optional(),
        count: count(1, 120).optional(),
      }),
    ],
    'must be ids of members, or an object with role, cohort or count',
  ),
});

export type Targets = z.output<typeof targetsSchema>['members'];

/**
 * Reads whom something is done to.
 * @param place what is done, for errors: «kill».
 * @throws SettingsError when it is neither.
 */
export function readTargets(written: unknown, place: string): Targets {
  const members = typeof written === 'string' ? [written] : written;
  return validateAs(targetsSchema, documentOfValues({ members }, place)).members;
}
