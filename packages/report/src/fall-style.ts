/**
 * How the picture looks: sizes in pixels, and a style sheet that follows the reader's light or dark scheme. The
 * data's colours are those of Okabe and Ito («Color Universal Design», 2008), told apart by colour-blind readers;
 * blue alone is lightened on dark ground to their sky blue.
 */

/** Where things stand, in pixels. */
export const LAYOUT = {
  width: 1200,
  height: 752,
  left: 84,
  right: 1168,
  headlineY: 44,
  sublineY: 69,
  phaseY: 108,
  phaseRowHeight: 15,
  fleetY: 140,
  /** Where the lines above and below the panels begin. */
  textLeft: 30,
  threads: { top: 160, bottom: 458 },
  /** Room above the limit's line, for what was refused there. */
  aboveLimit: 74,
  requests: { top: 504, bottom: 668 },
  axisY: 688,
  footY: 728,
} as const;

/** Classes of the error kinds, the most frequent first. */
export const ERROR_CLASSES = ['error-1', 'error-2', 'error-3', 'error-4'] as const;

const LIGHT = {
  ground: '#ffffff',
  ink: '#1f2328',
  quiet: '#59636e',
  rule: '#d8dee4',
  shade: '#f4f6f8',
  incumbent: '#0072b2',
};
const DARK = {
  ground: '#0d1117',
  ink: '#e6edf3',
  quiet: '#9198a1',
  rule: '#30363d',
  shade: '#151b23',
  incumbent: '#56b4e9',
};

/** The style sheet. Colours stand in plain rules, not in variables: image viewers know those. */
export function styleSheet(): string {
  return `
text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; font-size: 12px; font-variant-numeric: tabular-nums; }
.headline { font-size: 18px; font-weight: 650; letter-spacing: -0.2px; }
.subline { font-size: 14px; }
.title { font-size: 13px; font-weight: 600; }
.phase { font-size: 12px; font-weight: 600; }
.count { font-size: 12px; }
.count-predicted { font-weight: 700; }
.share { font-size: 23px; font-weight: 650; }
.share, .note { paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }
.note { font-weight: 600; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.line { fill: none; stroke-linejoin: round; }
.newcomer { stroke: #e69f00; stroke-width: 1.4; stroke-opacity: 0.9; }
.incumbent { stroke-width: 1.1; stroke-opacity: 0.7; }
.limit { stroke-width: 1.4; stroke-dasharray: 7 4; }
.refused { stroke: #d55e00; stroke-width: 3; stroke-opacity: 0.9; }
.moment { stroke: #d55e00; stroke-width: 1.3; }
.key-mark { font-size: 14px; }
.down { fill: #d55e00; fill-opacity: 0.07; }
.key-offered { font-weight: 700; }
.ok { fill: #009e73; fill-opacity: 0.85; }
.error-1 { fill: #d55e00; fill-opacity: 0.8; }
.error-2 { fill: #cc79a7; fill-opacity: 0.9; }
.error-3 { fill: #f0e442; fill-opacity: 0.9; }
.error-4 { fill: #999999; fill-opacity: 0.9; }
.offered { stroke-width: 1.3; fill: none; }
${scheme(LIGHT)}
@media (prefers-color-scheme: dark) {
${scheme(DARK)}
}
`;
}

function scheme(colours: typeof LIGHT): string {
  return `.ground { fill: ${colours.ground}; }
text { fill: ${colours.ink}; }
.quiet { fill: ${colours.quiet}; }
.refused-text, .key-refused { fill: #d55e00; }
.key-newcomer { fill: #e69f00; }
.key-incumbent { fill: ${colours.incumbent}; }
.share, .note { stroke: ${colours.ground}; }
.shade { fill: ${colours.shade}; }
.rule { stroke: ${colours.rule}; stroke-width: 1; fill: none; }
.incumbent { stroke: ${colours.incumbent}; }
.limit, .offered { stroke: ${colours.ink}; }
.box { fill: none; stroke: ${colours.ink}; stroke-width: 1.2; }`;
}
