/**
 * The live account: what a run is doing, told from its journal as it is written, a line for each thing that happened.
 * On a terminal the phases ahead and the fleet as it stands are below them, and are written over (`live-board.ts`).
 */
import { styleText } from 'node:util';
import type {
  Arm,
  ArmRecord,
  EndRecord,
  JournalRecord,
  RunRecord,
  Stamp,
} from '@fleetfall/journal/records.ts';
import { fittedTo, plain } from './fitted-text.ts';
import { type FleetStatus, foldStatus, type StatusFold } from './fleet-status.ts';
import { boardLines, type Part } from './live-board.ts';
import { type BoardLine, makeBoard } from './terminal-board.ts';
import { columnsOf } from './terminal-width.ts';

/** How often what stands on a terminal is written over. */
const REFRESH_MS = 200;
const PHASE_WIDTH = 13;
/** Of a terminal that does not know how high it is. */
const ROWS_OTHERWISE = 24;

/** Where the account goes: a terminal or a pipe. */
export interface AccountStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface Account extends Disposable {
  heed(record: JournalRecord): void;
  /** A line that is not of the journal: the image being built. */
  say(line: string): void;
}

/** @param inPlace whether lines can be written over: on a terminal, unless it says that it cannot. */
export function startAccount(stream: AccountStream, inPlace = stream.isTTY === true): Account {
  const folds = new Map<Arm, StatusFold>();
  const live = stream.isTTY === true;
  const board = inPlace ? makeBoard(stream) : undefined;
  /** Of the arm that was heard of last. */
  let current: StatusFold | undefined;
  const dim = (text: string): string => (live ? styleText('dim', text) : text);

  function say(whole: string): void {
    const line = fittedTo(stream, whole);
    if (board === undefined) stream.write(`${line}\n`);
    else board.say(line, standing());
  }
  /** What stands below all that was said: nothing before the first phase of an arm, and behind its last. */
  function standing(): BoardLine[] {
    if (current === undefined) return [];
    const { status, ahead, cohorts } = current;
    if (status.phase === null && (ahead.length === 0 || !current.begun)) return [];
    const rows = stream.rows !== undefined && stream.rows > 0 ? stream.rows : ROWS_OTHERWISE;
    const runsMs = status.nowMs - status.phaseBeganMs;
    return boardLines({ phase: status.phase, runsMs, parts: partsOf(status), ahead }, cohorts, {
      columns: columnsOf(stream),
      rows,
    });
  }
  function foldOf(arm: Arm): StatusFold {
    const fold = folds.get(arm) ?? foldStatus();
    folds.set(arm, fold);
    return fold;
  }
  const timer = inPlace ? setInterval(() => board?.draw(standing()), REFRESH_MS) : undefined;

  return {
    say,
    heed(record) {
      // Another trial: its arms have the names of those before, and nothing of what became of them.
      if (record.kind === 'run') folds.clear();
      current = 'arm' in record ? foldOf(record.arm) : undefined;
      const mark = board === undefined ? ' ' : '✓';
      const line = 'arm' in record ? armLine(foldOf(record.arm), record, { dim, mark }) : runLine(record);
      if (line !== undefined) say(line);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      board?.clear();
    },
  };
}

function runLine(record: (RunRecord | EndRecord) & Stamp): string | undefined {
  if (record.kind === 'run') return headLine(record);
  if (record.how !== 'complete') return ` ended early: ${plain(record.reason ?? 'no reason known')}`;
  return record.reason === null ? undefined : ` ${plain(record.reason)}`;
}

function armLine(
  fold: StatusFold,
  record: ArmRecord & Stamp,
  { dim, mark }: { readonly dim: (text: string) => string; readonly mark: string },
): string | undefined {
  const before = { ...fold.status };
  fold.heed(record);
  const control = fold.title;
  switch (record.kind) {
    case 'arm':
      return control === null ? undefined : dim(` control: ${control}`);
    case 'phase': {
      if (record.event === 'begin') return undefined;
      const took = dim(`${((record.monoMs - before.phaseBeganMs) / 1_000).toFixed(1)} s`);
      const where = control === null ? '' : `  ${dim(control)}`;
      return `${mark}${record.phase.padEnd(PHASE_WIDTH)} ${describe({ ...before, frontEnds: record.frontEnds })}  ${took}${where}`;
    }
    case 'prediction':
      return ` ${'prediction'.padEnd(PHASE_WIDTH)} ${predictionText(record)}`;
    case 'settled':
      return before.phase === 'growth' ? dim(` ${'·'.padStart(PHASE_WIDTH)} ${describe(before)}`) : undefined;
    case 'member':
      return record.event === 'died'
        ? ` ${record.memberId} died: ${plain(record.detail ?? 'no reason known')}`
        : undefined;
    case 'held-again':
      return ` held again: ${plain(record.reason)}`;
    case 'deploy': {
      const changed = Object.entries(record.changes).map(([field, value]) => `${field} ${value}`);
      return ` deploy: ${changed.join(', ')}`;
    }
    case 'fault': {
      const verdict = record.reason === null ? record.outcome : `${record.outcome}: ${plain(record.reason)}`;
      return ` ${record.faultId} of ${record.members.join(', ')}: ${verdict}`;
    }
    default:
      return undefined;
  }
}

function headLine(run: RunRecord): string {
  return [
    `fleetfall ${run.fleetfall}: ${run.experiment} on ${run.runtime} (${run.runtimeReason})`,
    `${run.trial.of === 1 ? '' : `trial ${run.trial.number} of ${run.trial.of} · `}seed ${run.seed} · an hour of discovery takes ${(3_600 / run.timeScale).toFixed(1)} s here (1:${Math.round(run.timeScale)})`,
    '',
  ].join('\n');
}

function predictionText({ prediction }: Extract<ArmRecord & Stamp, { kind: 'prediction' }>): string {
  const { a, k, c, limit, size, low, high } = prediction;
  const line = `tasks(N) = ${round(a)} + ${round(k)}·(N − 1), ${round(c)} more while a map is built; limit ${limit}`;
  if (size === null) return `${line}: threads do not grow with the fleet, nothing will break`;
  return `${line}: first breaks at ${size} front-ends${low === high ? '' : ` (${low} to ${high})`}`;
}

const round = (value: number): string => String(Number(value.toFixed(2)));

/** One line: size, the fullest member against its limit, goodput, errors, refusals. */
const describe = (status: FleetStatus): string =>
  partsOf(status)
    .map(({ text }) => text)
    .join('  ');

/** How the fleet stands, in the order in which it is told. What the table of cohorts tells as well matters least. */
function partsOf(status: FleetStatus): Part[] {
  const tasks = `tasks ${status.tasksMost}/${status.limit ?? '∞'}`;
  const parts: Part[] = [{ text: `${String(status.frontEnds).padStart(2)} front-ends`, rank: 1 }];
  // A drill shows no counts.
  if (status.tasksMost > 0) parts.push({ text: tasks.padEnd(12), rank: 3 });
  if (status.okPerSecond !== null)
    parts.push({ text: `${String(Math.round(status.okPerSecond)).padStart(4)} ok/s`, rank: 0 });
  if (status.failedPerSecond > 0) {
    const failed = `${Math.round(status.failedPerSecond)} failed/s`;
    parts.push({ text: `${failed}, most ${status.mostError}`, short: failed, rank: 2 });
  }
  const { incumbent, newcomer } = status.refusals;
  if (incumbent + newcomer > 0)
    parts.push({ text: `threads refused: ${incumbent} incumbents, ${newcomer} newcomers`, rank: 4 });
  return parts;
}
