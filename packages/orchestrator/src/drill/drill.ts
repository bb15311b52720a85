/**
 * A blind drill, held by a keeper: draws why the fleet is to fail, makes it so, keeps that under seal, and writes down
 * what is done and guessed until somebody guesses right or gives up. The whole truth is in the sealed journal; the one
 * beside it is what is shown.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { ArmRecord, JournalRecord } from '@fleetfall/journal/records.ts';
import type { DrillCause, DrillEvent } from '@fleetfall/protocol/drill.ts';
import type { OpenRun } from '../api/open-run.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';
import type { VerbRequest } from '../keeper/messages.ts';
import { type Draw, drawCause } from './draw.ts';
import type { DrillPlan } from './drill-layout.ts';
import type { DrillMoment, DrillReport, RevealAnswer } from './drill-report.ts';
import { makeHappen } from './make-happen.ts';
import { possibleCauses } from './possible-causes.ts';
import { shownAnswer, shownRecord } from './seal.ts';
import { openShownJournal } from './shown-journal.ts';

/** Of the requests in a window, so many unserved are an alarm. */
const ALARM_FRACTION = 0.01;
/** More is not a drill; the oldest stay. */
const ACTIONS_MAX = 1_000;

export interface Drill extends Disposable {
  /** Where the run's own journal goes, beside what is shown of it. */
  readonly journal: string;
  /** Takes a record of the run in. @returns what may be shown of it; null for nothing. */
  heed(record: JournalRecord): JournalRecord | null;
  /** Draws the cause and makes it happen. @throws UntriedError when it cannot be shown to be in force. */
  begin(run: OpenRun): Promise<void>;
  /** Writes a verb down. @throws SettingsError for one that would give the cause away. */
  note(request: VerbRequest): void;
  /** What may be shown of an answer. */
  shown(answer: VerbAnswer): VerbAnswer;
  /**
   * Takes a guess, and tells the cause when it is right; without one, tells it.
   * @throws SettingsError when no cause was drawn yet.
   */
  reveal(fleet: string, guess: DrillCause | undefined): RevealAnswer;
  /** The report at the end of the fleet, which ends the seal too; null when there is none to end. */
  end(): DrillReport | null;
}

/** The journal of all that happens, beside the one that is shown. */
const SEALED_JOURNAL = 'sealed.ndjson';

export function createDrill(plan: DrillPlan, folder: string): Drill {
  const journal = join(folder, SEALED_JOURNAL);
  const shownJournal = openShownJournal(folder);
  const actions: DrillMoment[] = [];
  const guesses: (DrillMoment & { right: boolean })[] = [];
  let run: OpenRun | undefined;
  let draw: Draw | undefined;
  let among: readonly DrillCause[] = [];
  let alarmAtMs: number | null = null;
  let isRevealed = false;

  function record(event: DrillEvent): void {
    if (run === undefined || run.journal.closed) return;
    const [{ name }] = run.layout.arms;
    const entry: ArmRecord = { kind: 'drill', arm: name, ...event };
    run.journal.append(entry);
  }

  function report(drawn: Draw): DrillReport {
    const right = guesses.find((guess) => guess.right);
    const diagnosisMs =
      right === undefined || alarmAtMs === null ? null : Math.max(0, right.atMs - alarmAtMs);
    return { ...drawn, among, alarmAtMs, actions, guesses, diagnosisMs, journal };
  }

  function unseal(drawn: Draw): DrillReport {
    if (!isRevealed) {
      isRevealed = true;
      record({ event: 'revealed', cause: drawn.cause, sealedSeed: drawn.sealedSeed });
    }
    return report(drawn);
  }

  return {
    journal,
    heed(entry) {
      if (draw !== undefined && alarmAtMs === null && isAlarm(entry)) {
        alarmAtMs = entry.atMs;
        record({ event: 'alarm' });
      }
      const shown = isRevealed ? entry : shownRecord(entry);
      if (shown !== null) shownJournal.append(shown);
      return shown;
    },
    async begin(opened) {
      run = opened;
      among = await possibleCauses(opened.arm.fleet, plan.among);
      draw = drawCause(among, randomBytes(16).toString('hex'));
      record({ event: 'sealed', commitment: draw.commitment, among });
      await makeHappen(draw.cause, plan, opened.arm);
    },
    note(request) {
      if (request.verb === 'status' || request.verb === 'await-up' || request.verb === 'reveal') return;
      if (request.verb === 'heal' && !isRevealed) {
        throw new SettingsError(
          'heal: would tell what it lifts, and the cause is sealed: fleetfall reveal first',
        );
      }
      const did = told(request);
      if (actions.length < ACTIONS_MAX) actions.push({ what: did, atMs: Date.now() });
      record({ event: 'action', did });
    },
    shown: (answer) =>
      isRevealed
        ? answer
        : shownAnswer(answer, { commitment: draw?.commitment ?? null, journal: shownJournal.path }),
    reveal(fleet, guess) {
      if (draw === undefined) throw new SettingsError('reveal: no cause was drawn yet');
      if (guess === undefined) return { fleet, verb: 'reveal', guess: null, report: unseal(draw) };
      const right = guess === draw.cause;
      if (!isRevealed) {
        guesses.push({ what: guess, atMs: Date.now(), right });
        record({ event: 'guess', cause: guess, right });
      }
      const isOver = right || isRevealed;
      return { fleet, verb: 'reveal', guess: { cause: guess, right }, report: isOver ? unseal(draw) : null };
    },
    end: () => (draw === undefined || isRevealed ? null : unseal(draw)),
    [Symbol.dispose]: () => shownJournal[Symbol.dispose](),
  };
}

/** Whether users were failed in a window of the load. */
function isAlarm(entry: JournalRecord): boolean {
  if (entry.kind !== 'load' || entry.record.kind !== 'load') return false;
  const { outcomes } = entry.record;
  const all = outcomes.reduce((sum, { count }) => sum + count, 0);
  const failed = outcomes.reduce((sum, { outcome, count }) => sum + (outcome === 'ok' ? 0 : count), 0);
  return all > 0 && failed > all * ALARM_FRACTION;
}

/** A request as it could have been typed: `shrink {"cohort":"newcomer"}`. */
function told({ verb, ...args }: VerbRequest): string {
  const words = Object.values(args)
    .filter((value) => value !== undefined)
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)));
  return [verb, ...words].join(' ');
}
