/**
 * Runs as Markdown for a build's summary page: the verdict first, then sizes, claims, arms, and where the journal is.
 * A build server refuses a summary beyond 1 MiB as a whole, so what does not fit is left out here, from the end, and
 * said to be.
 */
import { triedText } from '@fleetfall/claims/attempts.ts';
import type { ClaimVerdict } from '@fleetfall/claims/claim.ts';
import { counted, percent } from '@fleetfall/claims/figures.ts';
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import { readBackText } from '@fleetfall/claims/read-back.ts';
import { overTrials } from '@fleetfall/claims/statistics/over-trials.ts';
import { trialResults } from '@fleetfall/claims/statistics/trial-results.ts';
import { headline, subline, UNSEEN_WORDS, VERDICT_WORDS } from './headline.ts';
import { type Broken, headOf, nameOf, type ReportedRun } from './reported-run.ts';

/** A summary's most: what GitHub takes of one step, 1 MiB, with room for the note on what was left out. */
export const SUMMARY_BYTES_MAX = 1_048_576 - 4_096;
/** An account's most, in a table's cell or a list: the journal has the whole. */
const TEXT_CHARACTERS_MAX = 600;
/** The reasons that are told of one run. */
const REASONS_MAX = 20;

const CLAIM_MARK: Readonly<Record<ClaimVerdict, string>> = {
  held: '✅',
  consistent: '✅',
  refuted: '❌',
  inconsistent: '❌',
  unknown: '❔',
};
const VERDICT_MARK = {
  'as-expected': '✅',
  'not-as-expected': '❌',
  inconclusive: '❔',
  stopped: '🛑',
} as const;

/**
 * The runs as Markdown of at most {@link SUMMARY_BYTES_MAX} bytes and a note.
 * @param broken what ended the command before all of them were run.
 */
export function summaryMarkdown(runs: readonly ReportedRun[], broken: Broken | null = null): string {
  const [only] = runs;
  const sections = [
    ...(broken === null ? [] : [`## 💥 Broken: ${cell(broken.reason)}\n`]),
    ...(runs.length === 1 && only !== undefined
      ? runSections(only, '##')
      : [...trialsSections(runs), ...runs.flatMap((run) => runSections(run, '###'))]),
  ];
  return fitting(sections);
}

/** Sections up to the most that a summary may hold; the first that does not fit ends it. */
function fitting(sections: readonly string[]): string {
  let text = '';
  let bytes = 0;
  for (const [index, section] of sections.entries()) {
    bytes += Buffer.byteLength(section) + 1;
    if (bytes > SUMMARY_BYTES_MAX) {
      return `${text}\n*${counted(sections.length - index, 'section')} did not fit; the journals hold all.*\n`;
    }
    text += `${section}\n`;
  }
  return text;
}

function trialsSections(runs: readonly ReportedRun[]): string[] {
  if (runs.length === 0) return ['No run was gone through.\n'];
  const expected = runs.filter(({ verdict }) => verdict.exitCode === 0).length;
  const experiment = headOf(runs[0]?.records ?? [])?.experiment ?? 'unknown';
  const seed = headOf(runs[0]?.records ?? [])?.seed ?? '';
  const main = overTrials(
    runs.flatMap(({ records }, index) => trialResults(records, index + 1)),
    seed,
  ).find(({ arm }) => arm === 'main');
  return [
    `## ${expected === runs.length ? '✅' : '❌'} ${experiment}: ${expected} of ${counted(runs.length, 'trial')} as expected\n`,
    ...(main === undefined
      ? []
      : [
          table(
            ['claim', 'over trials', 'held', 'refuted', 'unknown', 'rate'],
            main.claims.map(({ id, verdict, held, refuted, unknown, interval }) => [
              `\`${id}\``,
              `${CLAIM_MARK[verdict]} ${verdict}`,
              String(held),
              String(refuted),
              String(unknown),
              interval === null ? '–' : `${percent(interval.low)} to ${percent(interval.high)}`,
            ]),
          ),
        ]),
  ];
}

function runSections(run: ReportedRun, level: string): string[] {
  const { verdict, records, journalPath } = run;
  const head = headOf(records);
  const own = nameOf(run);
  const title = `${level} ${VERDICT_MARK[verdict.verdict]} ${own === 'run' ? '' : `${own}: `}${cell(headline(verdict))}`;
  const { prediction, observed, firstFailedRequest, goodput, threadsUnseen } = verdict;
  const reasons = verdict.reasons.slice(0, REASONS_MAX).map((reason) => `- ${cell(reason)}`);
  const more = verdict.reasons.length - reasons.length;
  return [
    `${title}\n\n${cell(subline(verdict))}\n`,
    ...(verdict.exitCode === 0
      ? []
      : [
          `**${VERDICT_WORDS[verdict.verdict]}**, because:\n\n${[...reasons, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')}\n`,
        ]),
    table(
      ['breaking size', 'front-ends'],
      [
        ...(threadsUnseen === null
          ? [
              [
                'predicted',
                prediction === null ? 'none was made' : String(prediction.size ?? 'nothing breaks'),
              ],
              ['observed', String(observed.size ?? 'none')],
            ]
          : [['of threads', UNSEEN_WORDS[threadsUnseen]]]),
        [
          'first failed request',
          firstFailedRequest === null
            ? 'none'
            : cell(`${firstFailedRequest.frontEnds} (${firstFailedRequest.outcome})`),
        ],
      ],
    ),
    table(
      ['goodput before', 'during', 'after removal', 'after restart'],
      [[rate(goodput.before), rate(goodput.during), rate(goodput.afterRemoval), rate(goodput.after)]],
    ),
    table(
      ['claim', 'verdict', 'what was seen'],
      (verdict.drill === null ? verdict.claims : []).map(({ id, verdict: word, account }) => [
        `\`${id}\``,
        `${CLAIM_MARK[word]} ${word}`,
        cell(account),
      ]),
    ),
    table(
      ['arm', 'expected', 'came to', 'because'],
      verdict.arms.map(({ arm, expected, outcome, outcomeReason }) => [
        cell(arm),
        verdict.drill === null ? expected.kind : 'nothing',
        outcome,
        cell(outcomeReason),
      ]),
    ),
    table(
      ['arm', 'read back when the load had ended'],
      verdict.arms.flatMap(({ arm, readBack }) =>
        readBack === null ? [] : [[cell(arm), cell(readBackText(readBack))]],
      ),
    ),
    `Journal: ${code(journalPath)}${head === undefined ? '' : ` · ${cell(head.experiment)} on ${head.runtime}, size ${cell(head.size)}, seed ${code(head.seed)}`}\n`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

const rate = (stage: Goodput | null): string =>
  stage === null ? '–' : `${percent(stage.fraction)} (${Math.round(stage.okPerSecond)}/s${triedText(stage)})`;

/** Text on one line in which nothing is markup: a journal's words may be anything. */
function cell(text: string): string {
  const whole = text.replace(/\s+/g, ' ');
  const short = whole.length > TEXT_CHARACTERS_MAX ? `${whole.slice(0, TEXT_CHARACTERS_MAX)}…` : whole;
  return short.replace(/[\\`*_[\]<>|#!~&@]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Words as code, which a backtick or a line's end in them would end. */
const code = (text: string): string => `\`${text.replace(/[`\r\n|]/g, '?')}\``;
