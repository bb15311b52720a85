/**
 * The verdict as people and as scripts read it. Figures come from the judge; only their layout is decided here.
 */
import { styleText } from 'node:util';
import { triedText } from '@fleetfall/claims/attempts.ts';
import type { ClaimVerdict } from '@fleetfall/claims/claim.ts';
import { counted, percent } from '@fleetfall/claims/figures.ts';
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import type { CohortRefusals } from '@fleetfall/claims/refusals.ts';
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { UNSEEN_WORDS } from '@fleetfall/report/headline.ts';
import { drawFallText, PICTURE_COLUMNS_MIN } from '@fleetfall/report/terminal-picture.ts';
import type { AccountStream } from './account.ts';
import { broken, plain, widthOf } from './fitted-text.ts';
import { readBackRows } from './read-back-rows.ts';
import { columnsOf } from './terminal-width.ts';

const COLUMNS_MAX = 140;
const NAME_WIDTH = 20;
const CLAIM_WIDTH = 25;
const VERDICT_WIDTH = 13;
/** Text beside its head that would get fewer columns than this is put below it. */
const TEXT_COLUMNS_MIN = 30;
/** Text is never broken narrower: a word has to fit. */
const BROKEN_COLUMNS_MIN = 12;
const BELOW = '   ';

const COLOUR_OF: Record<ClaimVerdict, 'green' | 'red' | 'yellow' | 'cyan'> = {
  held: 'green',
  refuted: 'red',
  unknown: 'yellow',
  consistent: 'cyan',
  inconsistent: 'red',
};

/**
 * The verdict for a terminal or a pipe: the picture, the sizes, the claims with their figures, the journal.
 * @param reportPath where the run's page is, or is about to be; null without one.
 */
export function verdictText(
  verdict: Verdict,
  records: readonly JournalRecord[],
  journalPath: string,
  stream: AccountStream,
  reportPath: string | null = null,
): string {
  const columns = Math.min(columnsOf(stream), COLUMNS_MAX);
  const coloured = stream.isTTY === true;
  const paint = (colour: Parameters<typeof styleText>[0], text: string): string =>
    coloured ? styleText(colour, text) : text;
  const claimLines = (): string[] =>
    verdict.claims.flatMap(({ id, verdict: word, account }) =>
      wrapped(
        ` ${id.padEnd(CLAIM_WIDTH)} ${paint(COLOUR_OF[word], word.padEnd(VERDICT_WIDTH))} `,
        account,
        columns,
      ),
    );
  const lines = [
    '',
    // Too narrow for the picture: all that it shows is told in figures below.
    ...(columns < PICTURE_COLUMNS_MIN ? [] : [drawFallText(records, columns), '']),
    ...[...sizeRows(verdict), ...readBackRows(verdict)].flatMap(([name, text]) =>
      wrapped(` ${name.padEnd(NAME_WIDTH)} `, text, columns),
    ),
    ...(verdict.drill === null ? ['', ...claimLines()] : []),
    '',
    ...verdict.arms.flatMap(({ arm, outcome, outcomeReason }) =>
      wrapped(` ${arm.padEnd(CLAIM_WIDTH)} ${outcome.padEnd(VERDICT_WIDTH)} `, outcomeReason, columns),
    ),
    // As expected, the claims and arms above say it all.
    ...(verdict.exitCode === 0 ? [] : verdict.reasons.flatMap((reason) => wrapped(BELOW, reason, columns))),
    '',
    paint(verdict.exitCode === 0 ? 'green' : 'red', ` verdict  ${verdict.verdict.replaceAll('-', ' ')}`),
    ` journal  ${journalPath}`,
    ...(reportPath === null ? [] : [` report   ${reportPath}`]),
    '',
  ];
  return lines.join('\n');
}

/** The sizes and rates that the story turns on, each with its name. */
function sizeRows({
  prediction,
  observed,
  firstFailedRequest,
  refusals,
  goodput,
  threadsUnseen,
}: Verdict): (readonly [string, string])[] {
  const predicted = prediction === null ? 'none was made' : (prediction.size ?? 'nothing breaks');
  const { incumbent, newcomer } = refusals;
  const failed =
    firstFailedRequest === null
      ? 'no request failed'
      : `${firstFailedRequest.frontEnds} front-ends (${firstFailedRequest.outcome}${placeText(firstFailedRequest)})`;
  const rate = (stage: Goodput | null): string =>
    stage === null
      ? '–'
      : `${percent(stage.fraction)} (${Math.round(stage.okPerSecond)}/s${triedText(stage)})`;
  const refused = [
    `incumbents ${counted(incumbent.hits, 'time')} on ${incumbent.members} of ${incumbent.watched}`,
    `newcomers ${counted(newcomer.hits, 'time')} on ${newcomer.members} of ${newcomer.watched}`,
  ];
  return [
    ...(threadsUnseen === null
      ? [['breaking size', `predicted ${predicted}, observed ${observed.size ?? 'none'}`] as const]
      : []),
    ['first failed request', failed],
    [
      'threads refused',
      threadsUnseen === null
        ? `${refused.join(', ')} (pids.events max)${uncounted(incumbent, newcomer)}`
        : UNSEEN_WORDS[threadsUnseen],
    ],
    [
      'goodput',
      `before ${rate(goodput.before)} · during ${rate(goodput.during)} · after removal ${rate(goodput.afterRemoval)} · after restart ${rate(goodput.after)}`,
    ],
  ];
}

/** How many were refused threads that do not count, and why. */
function uncounted(...cohorts: readonly CohortRefusals[]): string {
  const unknown = cohorts.reduce((sum, cohort) => sum + cohort.unknown, 0);
  const why = cohorts.find((cohort) => cohort.why !== null)?.why;
  return unknown === 0 ? '' : `; of ${unknown} it is not known: ${why}`;
}

function placeText({ cohort }: NonNullable<Verdict['firstFailedRequest']>): string {
  if (cohort === null) return '';
  return cohort === 'incumbent' ? ', at an incumbent' : ', at a newcomer';
}

/**
 * Text behind a head, broken at words, later lines set in under the first; below the head where that is narrow. A
 * journal's words may be anything: nothing in them steers the terminal.
 */
function wrapped(head: string, text: string, columns: number): string[] {
  const indent = widthOf(head);
  if (indent > BELOW.length && columns - indent < TEXT_COLUMNS_MIN) {
    return [head.trimEnd(), ...wrapped(BELOW, text, columns)];
  }
  const width = Math.max(BROKEN_COLUMNS_MIN, columns - indent);
  const lines = broken(plain(text), width);
  return lines.map((each, index) => (index === 0 ? head : ' '.repeat(indent)) + each);
}

/** The verdict as `--json` prints it, on one line. `refusals` is null where of refused threads nothing is known. */
export function verdictJson(
  verdict: Verdict,
  records: readonly JournalRecord[],
  journalPath: string,
  reportPath: string | null = null,
): object {
  const run = records.find((record): record is RunRecord & JournalRecord => record.kind === 'run');
  const {
    prediction,
    claims,
    phases,
    goodput,
    observed,
    reasons,
    refusals,
    threadsUnseen,
    firstFailedRequest,
    arms,
    drill,
  } = verdict;
  return {
    experiment: run?.experiment ?? null,
    runtime: run?.runtime ?? null,
    verdict: verdict.verdict,
    reasons,
    prediction:
      prediction === null ? null : { size: prediction.size, low: prediction.low, high: prediction.high },
    observed,
    firstFailedRequest,
    refusals: threadsUnseen === null ? refusals : null,
    ...(drill === null ? {} : { drill }),
    claims: claims.map(({ id, verdict: word, account, evidence }) => ({
      id,
      verdict: word,
      account,
      evidence,
    })),
    arms: arms.map(({ arm, outcome, claims: ofArm }) => ({
      arm,
      outcome,
      claims: ofArm.map(({ id, verdict: word }) => ({ id, verdict: word })),
    })),
    phases,
    goodput,
    journal: journalPath,
    report: reportPath,
  };
}
