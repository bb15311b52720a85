/**
 * Why a journal shows nothing of a phase that is asked about: most often it has none of that name, as a lab's, a
 * script's or one of shell verbs. Then it says what that phase is, and what brings a journal that has it.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { phaseSpan } from './arm-timeline.ts';

/** The phases that claims are held against, and what each is. */
const ASKED = {
  growth: 'the growth that a size is predicted for',
  outage: 'the hold at full size',
  removal: 'the hold without what was added',
  recovery: 'the hold after the restart',
} as const;

/**
 * A clause.
 * @param otherwise what is missing where the journal does have the phase.
 */
export function absent(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: keyof typeof ASKED,
  otherwise: string,
): string {
  if (phaseSpan(records, arm, phase) !== undefined) return otherwise;
  return `the journal has no phase '${phase}', ${ASKED[phase]}, which a whole fleetfall run goes through`;
}
