/**
 * Writes HTML as text. What is put into a template is escaped unless it is markup already, so that no name, message
 * or figure of a journal can become part of the page.
 */
import { escapeXml } from '../svg.ts';

/** Text that may stand in a page as it is. */
export interface Markup {
  readonly markup: string;
}
type Part = string | number | Markup | readonly Markup[] | null;

/** A piece of a page. Strings and numbers are escaped, null is nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return {
    markup: pieces.reduce((text, piece, index) => text + written(parts[index - 1] ?? null) + piece),
  };
}

/** Markup that was made elsewhere: a picture, a script. */
export const raw = (markup: string): Markup => ({ markup });

/** Data for a script of the page: JSON in which nothing can end the element that holds it. */
export function embeddedJson(value: unknown): Markup {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function written(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeXml(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('\n');
}
