/**
 * A whole run as a page shows it: made from records one by one, written into a report as compact text, read back
 * in the browser, where it can go on taking records in. No I/O, and nothing of Node: it runs in both places.
 */
import type { EndRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { type AcquaintanceText, decodeAcquaintance, encodeAcquaintance } from './acquaintance.ts';
import { type ArmModel, makeArm } from './arm-model.ts';
import { type BackEndText, decodeBackEnd, encodeBackEnd } from './back-end.ts';
import { decodeFrontEnd, encodeFrontEnd, type FrontEndText } from './front-end.ts';
import { makeGrid } from './grid.ts';
import { heedArmRecord } from './heed-arm-record.ts';
import { decodeLoadRows, encodeLoadRows, type LoadRowsText } from './load-rows.ts';
import type { LooseArmRecord, LooseRecord } from './loose-records.ts';
import { decodeProbes, encodeProbes, type ProbesText } from './probes.ts';

export interface RunModel {
  run: RunRecord | null;
  /** When the run began, wall clock. */
  beganAtMs: number | null;
  end: Pick<EndRecord, 'how' | 'reason'> | null;
  readonly arms: ArmModel[];
  /** Records of kinds that a page does not show, by kind. */
  readonly notShown: Record<string, number>;
  records: number;
}

type Written = 'grid' | 'frontEnds' | 'backEnds' | 'mesh' | 'load' | 'probes';

/** {@link RunModel} as it is written into a report: plain JSON. */
export interface RunText extends Omit<RunModel, 'arms'> {
  readonly arms: readonly (Omit<ArmModel, Written> & {
    readonly grid: { readonly beginMs: number; readonly stepMs: number; readonly length: number };
    readonly frontEnds: readonly FrontEndText[];
    readonly backEnds: readonly BackEndText[];
    readonly mesh: AcquaintanceText;
    readonly load: LoadRowsText;
    readonly probes: ProbesText;
  })[];
}

export const makeRun = (): RunModel => ({
  run: null,
  beganAtMs: null,
  end: null,
  arms: [],
  notShown: {},
  records: 0,
});

/** Takes one record in, of whatever kind. */
export function heedRecord(model: RunModel, record: LooseRecord): void {
  model.records += 1;
  if (record.kind === 'run') {
    model.run = record as RunRecord;
    model.beganAtMs = record.atMs - record.monoMs;
  } else if (record.kind === 'end') {
    const { how, reason } = record as unknown as EndRecord;
    model.end = { how, reason };
  } else if (!('arm' in record) || !heedArmRecord(armOf(model, record), record as LooseArmRecord)) {
    model.notShown[record.kind] = (model.notShown[record.kind] ?? 0) + 1;
  }
}

/** The model of all records of a journal. */
export function modelOf(records: Iterable<LooseRecord>): RunModel {
  const model = makeRun();
  for (const record of records) heedRecord(model, record);
  return model;
}

export function encodeRun(model: RunModel): RunText {
  return {
    ...model,
    arms: model.arms.map((arm) => ({
      ...arm,
      grid: { beginMs: arm.grid.beginMs, stepMs: arm.grid.stepMs, length: arm.grid.length },
      frontEnds: arm.frontEnds.map((frontEnd) => encodeFrontEnd(arm.grid, frontEnd)),
      backEnds: arm.backEnds.map((backEnd) => encodeBackEnd(arm.grid, backEnd)),
      mesh: encodeAcquaintance(arm.mesh),
      load: encodeLoadRows(arm.load),
      probes: encodeProbes(arm.probes),
    })),
  };
}

export function decodeRun(text: RunText): RunModel {
  return {
    ...text,
    arms: text.arms.map((arm) => {
      const grid = Object.assign(makeGrid(arm.grid.beginMs), arm.grid);
      return {
        ...arm,
        grid,
        frontEnds: arm.frontEnds.map((frontEnd) => decodeFrontEnd(grid, frontEnd)),
        backEnds: arm.backEnds.map((backEnd) => decodeBackEnd(grid, backEnd)),
        mesh: decodeAcquaintance(arm.mesh),
        load: decodeLoadRows(arm.load),
        probes: decodeProbes(arm.probes),
      };
    }),
  };
}

function armOf(model: RunModel, record: { readonly arm: string; readonly monoMs: number }): ArmModel {
  let arm = model.arms.find(({ name }) => name === record.arm);
  if (arm === undefined) {
    arm = makeArm(record.arm, record.monoMs);
    model.arms.push(arm);
  }
  return arm;
}
