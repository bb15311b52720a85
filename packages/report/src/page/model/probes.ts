/**
 * Direct probes of the back-ends, each a point: the raw latencies of a run. When there are too many, every second
 * one that was answered is left out; those that failed, and the slowest of all, stay.
 */
import { decodeCells, encodeCells } from './columns.ts';

/** As many points as a plot can still tell apart. */
export const PROBES_MAX = 4_000;

export interface Probes {
  atMs: number[];
  tookMs: number[];
  /** 1 when it was acknowledged, else 0. */
  ok: number[];
  /** Probes that were made, those left out among them. */
  made: number;
}

/** {@link Probes} as they are written into a report. */
export interface ProbesText {
  readonly length: number;
  readonly made: number;
  readonly atMs: string;
  readonly tookMs: string;
  readonly ok: string;
}

export const makeProbes = (): Probes => ({ atMs: [], tookMs: [], ok: [], made: 0 });

export function addProbe(probes: Probes, atMs: number, tookMs: number, ok: boolean): void {
  if (probes.atMs.length >= PROBES_MAX) thinOut(probes);
  probes.made += 1;
  probes.atMs.push(atMs);
  probes.tookMs.push(tookMs);
  probes.ok.push(ok ? 1 : 0);
}

export function encodeProbes({ atMs, tookMs, ok, made }: Probes): ProbesText {
  return {
    length: atMs.length,
    made,
    atMs: encodeCells(atMs),
    tookMs: encodeCells(tookMs, 2),
    ok: encodeCells(ok),
  };
}

export function decodeProbes({ length, made, atMs, tookMs, ok }: ProbesText): Probes {
  const column = (text: string): number[] => decodeCells(text, length).map(Number);
  return { atMs: column(atMs), tookMs: column(tookMs), ok: column(ok), made };
}

function thinOut(probes: Probes): void {
  const slowestMs = probes.tookMs.reduce((most, tookMs) => Math.max(most, tookMs), 0);
  const stays = probes.ok.map(
    (ok, index) => ok === 0 || index % 2 === 0 || probes.tookMs[index] === slowestMs,
  );
  // Where almost all failed there is nothing left to leave out but the oldest.
  if (stays.every(Boolean)) stays[0] = false;
  const chosen = (cells: number[]): number[] => cells.filter((_, index) => stays[index]);
  probes.atMs = chosen(probes.atMs);
  probes.tookMs = chosen(probes.tookMs);
  probes.ok = chosen(probes.ok);
}
