/**
 * What can be done to the fleet from its live page: asks the page's server for it, one deed at a time, and says what
 * came of it. What the fleet then does is seen in the run.
 */
import { DEEDS_ID } from '../page-data.ts';
import { element } from './page-element.ts';

export interface Deeds {
  /** Says why nothing can be done now; null when something can. */
  show(hindrance: string | null): void;
}

/** Wires the forms; null on a page from which nothing can be done. */
export function offerDeeds(): Deeds | null {
  if (document.getElementById(DEEDS_ID) === null) return null;
  const frame = element<HTMLFieldSetElement>(DEEDS_ID);
  const told = element('deeds-told');
  let hindrance: string | null = null;
  let underWay = false;

  function reach(): void {
    frame.disabled = underWay || hindrance !== null;
  }
  async function act(form: HTMLFormElement): Promise<void> {
    const fields = [...new FormData(form)].map(([name, value]) => [name, Number(value)]);
    underWay = true;
    reach();
    told.textContent = `${form.dataset.verb}: under way`;
    try {
      const answer = await fetch(frame.dataset.path ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verb: form.dataset.verb, ...Object.fromEntries(fields) }),
      });
      const text = (await answer.text()).trim();
      told.textContent = answer.ok ? text : `not done: ${text}`;
    } catch (error) {
      told.textContent = `nobody answers: ${error instanceof Error ? error.message : String(error)}`;
    }
    underWay = false;
    reach();
  }
  for (const form of frame.querySelectorAll('form')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void act(form);
    });
  }
  return {
    show(next) {
      hindrance = next;
      if (next !== null) told.textContent = next;
      else if (!underWay) told.textContent = '';
      reach();
    },
  };
}
