/**
 * Takes an arm's records into its model, each by its kind. Kinds, phases and faults that are not known here change
 * nothing or are shown by the name they have.
 */
import { drillAfter } from '@fleetfall/claims/drill.ts';
import type { ArmModel } from './arm-model.ts';
import { heedFault } from './faults.ts';
import { heedWindow } from './firsts.ts';
import { heedKernel } from './front-end.ts';
import { cellAt, put } from './grid.ts';
import { frontEndOf, heedMember, heedObserved, noteRefused, sizeOf } from './heed-members.ts';
import { addWindow, type LoadWindowRecord } from './load-rows.ts';
import type { LooseArmRecord } from './loose-records.ts';

/** The phase in which a method adds front-ends one by one. */
const GROWTH = 'growth';

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
    case 'held-again':
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

/** Since when the fleet grows by its method; from its beginning on where none says so, null while it is yet to. */
function growsSinceMs({ grows, phases, beginMs }: ArmModel): number | null {
  return grows ? (phases.find(({ name }) => name === GROWTH)?.beginMs ?? null) : beginMs;
}
