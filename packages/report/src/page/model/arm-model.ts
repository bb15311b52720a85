/**
 * One arm of a run as a page shows it, made by taking in its records one by one, so that it can be made whole from
 * a journal or go on growing while a run is watched. Kinds of record, phases and faults that are not known here
 * change nothing or are shown by the name they have.
 */
import { drillAfter, type SeenDrill } from '@fleetfall/claims/drill.ts';
import type { ArmSettings, Expectation, Prediction, Stamp } from '@fleetfall/journal/records.ts';
import type { MemberState } from '@fleetfall/protocol/member-state.ts';
import { type Acquaintance, forgetAll, heedLearned, makeAcquaintance } from './acquaintance.ts';
import { type BackEnd, heedBackEnd, heedProbe, makeBackEnd } from './back-end.ts';
import { coarsened } from './coarsen.ts';
import { type FaultDoubt, type FaultMark, heedFault } from './faults.ts';
import { type Firsts, heedRefusal, heedWindow, makeFirsts } from './firsts.ts';
import { type FrontEnd, heedKernel, heedState, makeFrontEnd } from './front-end.ts';
import { CELLS_MAX, cellAt, type Grid, makeGrid, put } from './grid.ts';
import { addWindow, type LoadRows, type LoadWindowRecord, makeLoadRows } from './load-rows.ts';
import type { LooseArmRecord } from './loose-records.ts';
import { addProbe, makeProbes, type Probes } from './probes.ts';

/** More starts and ends than a row of pixels shows; of one member, neighbouring ones are then put together. */
export const EVENTS_MAX = 4_000;

/** The phase in which a method adds front-ends one by one. */
const GROWTH = 'growth';

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

/**
 * Takes a record in.
 * @returns whether its kind is known.
 */
export function heedArmRecord(arm: ArmModel, record: LooseArmRecord): boolean {
  arm.endMs = Math.max(arm.endMs, record.monoMs);
  switch (record.kind) {
    case 'arm':
      arm.settings = record.settings;
      arm.title = record.title;
      arm.grows = record.method.includes(GROWTH);
      arm.expect = record.expect;
      return true;
    case 'deploy':
      if (arm.settings !== null) arm.settings = { ...arm.settings, frontEnd: record.frontEnd };
      return true;
    case 'phase':
      heedPhase(arm, record);
      return true;
    case 'fault':
      heedFault(arm, record);
      return true;
    case 'member':
      heedMember(arm, record);
      return true;
    case 'drill':
      arm.drill = drillAfter(arm.drill, record);
      return true;
    case 'settled':
    case 'history':
      return true;
    case 'prediction':
      arm.prediction = { atMs: record.monoMs, ...record.prediction };
      return true;
    case 'witness':
      for (const { memberId, incarnation, kernel } of record.readings) {
        const frontEnd = frontEndOf(arm, memberId);
        if (frontEnd !== undefined)
          noteRefused(
            arm,
            record.monoMs,
            heedKernel(frontEnd, cellAt(arm.grid, record.monoMs), incarnation, kernel),
          );
      }
      return true;
    case 'observer':
      heedObserved(arm, record);
      return true;
    case 'load':
      heedLoad(arm, record);
      return true;
    default:
      return false;
  }
}

function heedPhase(
  arm: ArmModel,
  { phase, event, monoMs }: Extract<LooseArmRecord, { kind: 'phase' }>,
): void {
  if (event === 'begin') arm.phases.push({ name: phase, beginMs: monoMs, endMs: null });
  else {
    const open = arm.phases.findLast(({ name, endMs }) => name === phase && endMs === null);
    if (open !== undefined) open.endMs = monoMs;
  }
}

function heedMember(arm: ArmModel, record: Extract<LooseArmRecord, { kind: 'member' }>): void {
  const { monoMs: atMs, memberId, role, event, incarnation, detail, cohort, frontEnds } = record;
  arm.events.push({ atMs, event, memberId, role, incarnation, detail });
  if (arm.events.length > EVENTS_MAX) {
    const kept = coarsened(arm.events, EVENTS_MAX / 2, {
      atMs: (each) => each.atMs,
      thing: (each) => each.memberId,
    });
    arm.events.splice(0, arm.events.length, ...kept);
  }
  if (role === 'back-end') {
    const backEnd = backEndOf(arm, memberId);
    if (event !== 'started' || incarnation !== 1) noteEnd(arm, backEnd, atMs);
  }
  if (role !== 'front-end') return;
  let frontEnd = frontEndOf(arm, memberId);
  if (frontEnd === undefined) {
    frontEnd = makeFrontEnd(arm.grid, memberId, cohort ?? 'incumbent');
    arm.frontEnds.push(frontEnd);
  }
  if (arm.sizes.at(-1)?.count !== frontEnds) arm.sizes.push({ atMs, count: frontEnds });
  if (arm.sizes.length > EVENTS_MAX) {
    const kept = coarsened(arm.sizes, EVENTS_MAX / 2, { atMs: (each) => each.atMs, thing: () => 'fleet' });
    arm.sizes.splice(0, arm.sizes.length, ...kept);
  }
  if (event === 'started' && incarnation === 1) return;
  noteEnd(arm, frontEnd, atMs);
  forgetAll(arm.mesh, arm.frontEnds.indexOf(frontEnd), atMs);
}

/** Two ends in one cell say no more than one. */
function noteEnd({ grid }: ArmModel, { endedMs }: Pick<FrontEnd, 'endedMs'>, atMs: number): void {
  endedMs.push(atMs);
  if (endedMs.length <= 2 * CELLS_MAX) return;
  const byCell = new Map(endedMs.map((endMs) => [Math.floor((endMs - grid.beginMs) / grid.stepMs), endMs]));
  endedMs.splice(0, endedMs.length, ...byCell.values());
}

function heedObserved(
  arm: ArmModel,
  { monoMs, atMs, record }: Extract<LooseArmRecord, { kind: 'observer' }>,
): void {
  if (record.kind === 'sample') heedSample(arm, { monoMs, atMs }, record.state);
  else if (record.kind === 'probe') {
    addProbe(arm.probes, monoMs, record.tookMs, record.ok);
    heedProbe(backEndOf(arm, record.memberId), cellAt(arm.grid, monoMs), record.tookMs, record.ok);
  } else if (record.kind === 'health') {
    const frontEnd = frontEndOf(arm, record.memberId);
    if (frontEnd !== undefined) put(frontEnd.columns.alive, cellAt(arm.grid, monoMs), record.alive ? 1 : 0);
  }
}

function heedSample(arm: ArmModel, { monoMs, atMs }: Stamp, state: MemberState): void {
  if (state.role === 'back-end') heedBackEnd(backEndOf(arm, state.memberId), cellAt(arm.grid, monoMs), state);
  const frontEnd = frontEndOf(arm, state.memberId);
  if (state.role !== 'front-end' || frontEnd === undefined) return;
  noteRefused(arm, monoMs, heedState(frontEnd, cellAt(arm.grid, monoMs), state));
  const { learnedAtMs } = state.membership;
  const places = placesOf(arm);
  const own = places.get(state.memberId) ?? -1;
  const learned: number[] = [];
  for (const id in learnedAtMs) {
    const place = places.get(id);
    if (place !== undefined && place !== own) learned.push(place);
  }
  const sinceMs = (place: number): number =>
    (learnedAtMs[arm.frontEnds[place]?.id ?? ''] ?? 0) - atMs + monoMs;
  heedLearned(arm.mesh, own, learned, sinceMs, monoMs);
}

function heedLoad(arm: ArmModel, { monoMs, record }: Extract<LooseArmRecord, { kind: 'load' }>): void {
  if (record.kind === 'read-back') arm.readBack.push(record);
  if (record.kind !== 'load') return;
  addWindow(arm.load, monoMs, record as LoadWindowRecord);
  const frontEnds = sizeOf(arm);
  heedWindow(arm.firsts, monoMs, record as LoadWindowRecord, { sinceMs: growsSinceMs(arm), frontEnds });
  for (const { memberId, outcome, count } of record.outcomes) {
    const columns = frontEndOf(arm, memberId)?.columns;
    if (columns !== undefined) {
      put(outcome === 'ok' ? columns.served : columns.failed, cellAt(arm.grid, monoMs), count);
    }
  }
}

function noteRefused(arm: ArmModel, atMs: number, threads: number): void {
  if (threads > 0) heedRefusal(arm.firsts, { atMs, frontEnds: sizeOf(arm) });
}

const sizeOf = ({ sizes }: ArmModel): number => sizes.at(-1)?.count ?? 0;

/** Since when the fleet grows by its method; from its beginning on where none says so, null while it is yet to. */
function growsSinceMs({ grows, phases, beginMs }: ArmModel): number | null {
  return grows ? (phases.find(({ name }) => name === GROWTH)?.beginMs ?? null) : beginMs;
}

function frontEndOf(arm: ArmModel, memberId: string): FrontEnd | undefined {
  return arm.frontEnds[placesOf(arm).get(memberId) ?? -1];
}

/** The back-end of that name, which may be told of here first. */
function backEndOf({ backEnds, grid }: ArmModel, memberId: string): BackEnd {
  let backEnd = backEnds.find(({ id }) => id === memberId);
  if (backEnd === undefined) {
    backEnd = makeBackEnd(grid, memberId);
    backEnds.push(backEnd);
  }
  return backEnd;
}

/** Where each member stands among its arm's front-ends: looked up for every one that every one knows, in every sample. */
const places = new WeakMap<readonly FrontEnd[], Map<string, number>>();

function placesOf({ frontEnds }: ArmModel): ReadonlyMap<string, number> {
  let known = places.get(frontEnds);
  // Front-ends are only ever added.
  if (known === undefined || known.size !== frontEnds.length) {
    known = new Map(frontEnds.map(({ id }, place) => [id, place]));
    places.set(frontEnds, known);
  }
  return known;
}
