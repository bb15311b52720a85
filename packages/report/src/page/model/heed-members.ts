/**
 * The members of an arm's fleet as its model has them: their lives, what the observer read of them, which there are.
 * A back-end may be told of before its start is, a front-end is not.
 */
import type { Stamp } from '@fleetfall/journal/records.ts';
import type { MemberState } from '@fleetfall/protocol/member-state.ts';
import { forgetAll, heedLearned } from './acquaintance.ts';
import type { ArmModel } from './arm-model.ts';
import { type BackEnd, heedBackEnd, heedProbe, makeBackEnd } from './back-end.ts';
import { coarsened } from './coarsen.ts';
import { heedRefusal } from './firsts.ts';
import { type FrontEnd, heedState, makeFrontEnd } from './front-end.ts';
import { CELLS_MAX, cellAt, put } from './grid.ts';
import type { LooseArmRecord } from './loose-records.ts';
import { addProbe } from './probes.ts';

/** More starts and ends than a row of pixels shows; of one member, neighbouring ones are then put together. */
export const EVENTS_MAX = 4_000;

export function heedMember(arm: ArmModel, record: Extract<LooseArmRecord, { kind: 'member' }>): void {
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

export function heedObserved(
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

export function noteRefused(arm: ArmModel, atMs: number, threads: number): void {
  if (threads > 0) heedRefusal(arm.firsts, { atMs, frontEnds: sizeOf(arm) });
}

/** Front-ends now. */
export const sizeOf = ({ sizes }: ArmModel): number => sizes.at(-1)?.count ?? 0;

export function frontEndOf(arm: ArmModel, memberId: string): FrontEnd | undefined {
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
