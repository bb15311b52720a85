/**
 * Arms, phases and cohorts in words.
 */
import { MAIN_ARM } from '@fleetfall/experiment/main-arm.ts';

export function armName({ name, title }: { readonly name: string; readonly title: string | null }): string {
  if (name === MAIN_ARM) return 'the experiment';
  return title === null ? name.replaceAll('-', ' ') : `control: ${title}`;
}

export function phaseName(phase: string): string {
  return phase.replaceAll('-', ' ');
}
