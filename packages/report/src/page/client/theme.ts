/**
 * Light or dark: as the system says, or as the reader chose here. Canvases cannot follow a style sheet, so they
 * read its colours from here and are drawn anew when it changes. Paper is always light.
 */
import type { Colour } from './palette.ts';

type Theme = 'system' | 'light' | 'dark';
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

/** A colour as it is now. */
export function colour(name: Colour): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A `#rrggbb` colour with an opacity. */
export function faded(hex: string, alpha: number): string {
  if (alpha >= 1 || !/^#[0-9a-f]{6}$/i.test(hex)) return hex;
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

/** The page's font for a canvas, in CSS pixels times `scale`. */
export function font(px: number, weight = 400, scale = 1): string {
  return `${weight} ${px * scale}px ${getComputedStyle(document.body).fontFamily}`;
}

/** Wires the button, the system's setting and printing to `redraw`. */
export function followTheme(button: HTMLButtonElement, redraw: () => void): void {
  const root = document.documentElement;
  let theme: Theme = 'system';
  const show = (shown: Theme): void => {
    if (shown === 'system') root.removeAttribute('data-theme');
    else root.dataset.theme = shown;
    redraw();
  };
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    button.textContent = `Theme: ${theme}`;
    show(theme);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  // Canvases are drawn as wide as they stand: they must stand as on paper before they are drawn for it.
  addEventListener('beforeprint', () => {
    root.classList.add('printing');
    show('light');
  });
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    show(theme);
  });
}
