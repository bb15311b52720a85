/**
 * An element of the page by its id. The page's markup and its script are made together: one that is not there is a
 * fault of both.
 */

/** @throws Error when the page has no such element. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element '${id}'`);
  return found as E;
}
