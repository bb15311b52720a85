/**
 * What a plot shows, as data: lines, shades, a key that reads their values. Made of the model by a function for each
 * plot, and drawn by `plot.ts`; nothing of a browser here, so that what is shown can be looked at without one.
 */
import type { Colour } from './palette.ts';

export interface PlotLine {
  readonly values: (number | null | undefined)[];
  readonly colour: Colour;
  readonly width?: number;
  readonly alpha?: number;
  readonly dash?: readonly number[];
  readonly filled?: boolean;
  /** `after`: a value stands until the next. `before`: it stands since the one before. */
  readonly stepped?: 'after' | 'before';
  readonly dots?: boolean;
}

export interface PlotKey {
  readonly mark: 'line' | 'dash' | 'area' | 'dot';
  readonly colour: Colour;
  readonly text: string;
  /** The value at a moment, with its unit. */
  readonly valueAt: (atMs: number) => string;
}

export interface PlotSpec {
  readonly id: string;
  readonly title: string;
  readonly lede: string;
  readonly height: number;
  /** Monotonic milliseconds. */
  readonly xMs: number[];
  readonly lines: readonly PlotLine[];
  readonly shades?: readonly PlotShade[];
  readonly keys: readonly PlotKey[];
  /** Least and most of the vertical axis. */
  readonly y: readonly [number, number];
  readonly log?: boolean;
  /** Where the vertical axis is written on, where that is no scale but a list. */
  readonly ticks?: readonly number[];
  readonly unit: (value: number) => string;
  readonly cut?: readonly PlotCut[];
  /** Whether the marked moments are named here. */
  readonly namesMoments?: boolean;
}

/** A rectangle under the lines, as strong as what it stands for is much. */
export interface PlotShade {
  /** Monotonic milliseconds, from and to. */
  readonly xMs: readonly [number, number];
  readonly y: readonly [number, number];
  readonly colour: Colour;
  /** 0 to 1. */
  readonly strength: number;
}

/** What stands at the top, at a moment: a value that is cut there. */
export interface PlotCut {
  readonly atMs: number;
  readonly text: string;
}
