/**
 * Whether a text is well-formed XML, as far as the pictures use it: one root, tags that close in order, quoted
 * attributes that are named once, no bare `<` or `&`. Throws with the place where it is not.
 */
const TAG = /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/;

/** @returns the names of all elements, in the order in which they open. */
export function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  let at = 0;
  const plain = (text: string): void => {
    if (text.includes('<') || BARE_AMPERSAND.test(text))
      throw new Error(`not XML near '${text.slice(0, 60)}'`);
    if (open.length === 0 && text.trim() !== '')
      throw new Error(`text outside the root: '${text.slice(0, 60)}'`);
  };
  for (const match of xml.matchAll(TAG)) {
    const [whole, closing, name = '', attributes = '', empty] = match;
    plain(xml.slice(at, match.index));
    at = match.index + whole.length;
    if (closing === '/') {
      const opened = open.pop();
      if (opened !== name) throw new Error(`</${name}> closes <${opened}>`);
      continue;
    }
    if (open.length === 0 && names.length > 0) throw new Error(`a second root <${name}>`);
    if (BARE_AMPERSAND.test(attributes)) throw new Error(`a bare & in <${name}>`);
    const keys = [...attributes.matchAll(/([\w:-]+)=/g)].map(([, attribute]) => attribute);
    if (new Set(keys).size < keys.length) throw new Error(`an attribute twice in <${name}>`);
    names.push(name);
    if (empty !== '/') open.push(name);
  }
  plain(xml.slice(at));
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return names;
}
