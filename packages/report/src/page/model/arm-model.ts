/**
 * One arm of a run as a page shows it: what it is made of, and an empty one. It is made by taking in the arm's records
 * one by one (`heed-arm-record.ts`), so that it can be made whole from a journal or go on growing while a run is watched.
 */
import type { SeenDrill } from '@fleetfall/claims/drill.ts';
import type { ArmSettings, Expectation, Prediction } from '@fleetfall/journal/records.ts';
import { type Acquaintance, makeAcquaintance } from './acquaintance.ts';
import type { BackEnd } from './back-end.ts';
import type { FaultDoubt, FaultMark } from './faults.ts';
import { type Firsts, makeFirsts } from './firsts.ts';
import type { FrontEnd } from './front-end.ts';
import { type Grid, makeGrid } from './grid.ts';
import { type LoadRows, makeLoadRows } from './load-rows.ts';
import { makeProbes, type Probes } from './probes.ts';

export interface PhaseMark {
  readonly name: string;
  readonly beginMs: number;
  /** null while it lasts. */
  endMs: number | null;
}

/** A member's start, restart, removal or death. */
export interface MemberEvent {
  readonly atMs: number;
  readonly event: string;
  readonly memberId: string;
  readonly role: string;
  readonly incarnation: number;
  readonly detail: string | null;
}

export interface ArmModel {
  readonly name: string;
  /** What differs in it; null for the experiment itself. */
  title: string | null;
  /** Whether its method has a phase of growth: what fails before that is none of its story. */
  grows: boolean;
  readonly firsts: Firsts;
  /** What it has to come to. */
  expect: Expectation | null;
  /** null where it is in no blind drill. */
  drill: SeenDrill | null;
  settings: ArmSettings | null;
  readonly beginMs: number;
  endMs: number;
  readonly phases: PhaseMark[];
  readonly faults: FaultMark[];
  readonly doubts: FaultDoubt[];
  readonly events: MemberEvent[];
  /** The front-end fleet's size each time it changed. */
  readonly sizes: { readonly atMs: number; readonly count: number }[];
  prediction: (Prediction & { readonly atMs: number }) | null;
  readonly grid: Grid;
  readonly frontEnds: FrontEnd[];
  readonly backEnds: BackEnd[];
  readonly mesh: Acquaintance;
  readonly load: LoadRows;
  readonly probes: Probes;
  readonly readBack: { readonly acknowledged: number; readonly lost: number }[];
}

export function makeArm(name: string, beginMs: number): ArmModel {
  return {
    name,
    title: null,
    grows: false,
    firsts: makeFirsts(),
    expect: null,
    drill: null,
    settings: null,
    beginMs,
    endMs: beginMs,
    phases: [],
    faults: [],
    doubts: [],
    events: [],
    sizes: [],
    prediction: null,
    grid: makeGrid(beginMs),
    frontEnds: [],
    backEnds: [],
    mesh: makeAcquaintance(),
    load: makeLoadRows(),
    probes: makeProbes(),
    readBack: [],
  };
}
