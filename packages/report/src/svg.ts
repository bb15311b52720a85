/**
 * Writes SVG as text: elements, escaped, with coordinates to a tenth of a pixel. What is drawn is left to others.
 */

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; attributes that are undefined are left out. `children` are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(typeof value === 'number' ? tenth(value) : String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** A line of text with its baseline at (x, y). */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeXml(text));
}

/** One entry of a key: a mark in the class's colour, and what it stands for. */
export interface KeyEntry {
  readonly mark: string;
  readonly drawnAs: string;
  readonly text: string;
}

/** A key that ends at (right, y). One flowing text, so that no font can make its entries overlap. */
export function key(right: number, y: number, entries: readonly KeyEntry[]): string {
  const flow = entries.map(
    ({ mark, drawnAs, text }, index) =>
      element('tspan', { class: `key-mark ${drawnAs}`, dx: index === 0 ? 0 : 18 }, escapeXml(mark)) +
      element('tspan', { dx: 6 }, escapeXml(text)),
  );
  return element('text', { x: right, y, class: 'end quiet' }, ...flow);
}

/** Text as it may stand between tags and in quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A coordinate to a tenth. */
export function tenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A linear scale from a domain to a range of pixels; a domain without width maps to the range's begin. */
export function scale(
  [from, to]: readonly [number, number],
  [begin, end]: readonly [number, number],
): (value: number) => number {
  const perUnit = to === from ? 0 : (end - begin) / (to - from);
  return (value) => begin + (value - from) * perUnit;
}

/** Round steps of 1, 2 or 5 times a power of ten, at most `countMax` within the domain. */
export function roundTicks(from: number, to: number, countMax: number): number[] {
  if (!(to > from)) return [from];
  const raw = (to - from) / countMax;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw;
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** How wide a text is about, in pixels: system fonts average just over half an em. */
export function textWidth(text: string, fontSize: number): number {
  return text.length * fontSize * 0.56;
}
