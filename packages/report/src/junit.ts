/**
 * Runs as JUnit XML, for build servers. An arm is a suite and a criterion of what was expected of it a test: unmet is
 * a failure, one that could not be told an error. Before the arms of each run stands a suite that asks whether the run
 * was gone through at all; where it was not, that is its error, and no criterion is held against half a run. A blind
 * drill, which is held to nothing, has that suite alone.
 *
 * Elements, attributes and their order are those that Ant's and Jenkins's readers have in common.
 */
import { phaseSpans } from '@fleetfall/claims/arm-timeline.ts';
import { type Criterion, criteriaOf, type JudgedArm } from '@fleetfall/claims/expectation.ts';
import { type Broken, headOf, nameOf, type ReportedRun } from './reported-run.ts';
import { element, escapeXml } from './svg.ts';

/** What a message may hold; the whole of it stands in the element's text. */
const MESSAGE_CHARACTERS_MAX = 300;
/** What no XML 1.0 document may hold, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

interface Test {
  readonly name: string;
  readonly result: 'passed' | 'failure' | 'error' | 'skipped';
  /** What was seen. */
  readonly text: string;
  /** Why it failed or could not be told, in a word. */
  readonly type: string;
}

interface Suite {
  readonly experiment: string;
  /** Which arm of which run. */
  readonly name: string;
  readonly seconds: number;
  readonly atMs: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly tests: readonly Test[];
}

/**
 * The runs as one JUnit document.
 * @param broken what ended the command before all of them were run; a suite with that error is added.
 */
export function junitXml(runs: readonly ReportedRun[], broken: Broken | null = null): string {
  const suites = [...runs.flatMap(suitesOf), ...(broken === null ? [] : [brokenSuite(broken)])];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, '\n', ...suites.map(suiteXml))}\n`;
}

function suitesOf(run: ReportedRun): Suite[] {
  const { records, verdict, journalPath } = run;
  const head = headOf(records);
  const experiment = head?.experiment ?? 'unknown';
  const atMs = records[0]?.atMs ?? 0;
  const own = nameOf(run);
  const whole: Suite = {
    experiment,
    name: own,
    seconds: seconds((records.at(-1)?.monoMs ?? 0) - armsMs(run)),
    atMs,
    properties: {
      verdict: verdict.verdict,
      predicted: String(verdict.prediction?.size ?? 'none'),
      observed: String(verdict.observed.size ?? 'none'),
      seed: head?.seed ?? '',
      runtime: head?.runtime ?? '',
      size: head?.size ?? '',
      journal: journalPath,
    },
    tests: [wholeTest(run)],
  };
  if (verdict.drill !== null) return [whole];
  return [
    whole,
    ...verdict.arms.map((arm): Suite => {
      const { beginMs, endMs } = spanOf(records, arm.arm);
      return {
        experiment,
        name: own === 'run' ? arm.arm : `${own}: ${arm.arm}`,
        seconds: seconds(endMs - beginMs),
        atMs: atMs + beginMs,
        properties: { outcome: arm.outcome, expected: arm.expected.kind },
        tests: testsOf(arm, verdict.unjudged !== null),
      };
    }),
  ];
}

/** From the begin of an arm's first phase to the end of its last. */
function spanOf(records: ReportedRun['records'], arm: string): { beginMs: number; endMs: number } {
  const spans = phaseSpans(records, arm);
  const beginMs = spans[0]?.beginMs ?? 0;
  return { beginMs, endMs: spans.at(-1)?.endMs ?? beginMs };
}

function armsMs({ records, verdict }: ReportedRun): number {
  return verdict.arms.reduce((sum, { arm }) => {
    const { beginMs, endMs } = spanOf(records, arm);
    return sum + endMs - beginMs;
  }, 0);
}

function wholeTest({ verdict }: ReportedRun): Test {
  const name = 'gone-through';
  return verdict.unjudged === null
    ? { name, result: 'passed', text: '', type: '' }
    : {
        name,
        result: 'error',
        text: verdict.unjudged,
        type: verdict.verdict === 'stopped' ? 'stopped' : verdict.drill === null ? 'incomplete' : 'drill',
      };
}

const RESULT_OF = { met: 'passed', unmet: 'failure', unknown: 'error' } as const;
const TYPE_OF = { met: '', unmet: 'not-as-expected', unknown: 'inconclusive' } as const;

/** Criteria, then the claims that nothing was asked of: left out, with what they came to. */
function testsOf(arm: JudgedArm, unjudged: boolean): Test[] {
  const criteria = criteriaOf(arm);
  const asked = new Set(criteria.flatMap(({ name }) => [name, name.replace(/^no-/, '')]));
  return [
    ...criteria.map((criterion): Test => (unjudged ? leftOut(criterion) : judged(criterion))),
    ...arm.claims
      .filter(({ id }) => !asked.has(id))
      .map(
        ({ id, verdict, account }): Test => ({
          name: id,
          result: 'skipped',
          text: `nothing was asked of it; ${verdict}: ${account}`,
          type: verdict,
        }),
      ),
  ];
}

function judged({ name, standing, reason }: Criterion): Test {
  return { name, result: RESULT_OF[standing], text: reason, type: TYPE_OF[standing] };
}

function leftOut({ name, reason }: Criterion): Test {
  return { name, result: 'skipped', text: `the run was not gone through; ${reason}`, type: 'unjudged' };
}

function brokenSuite({ reason, atMs }: Broken): Suite {
  return {
    experiment: 'fleetfall',
    name: 'command',
    seconds: 0,
    atMs,
    properties: {},
    tests: [{ name: 'ran', result: 'error', text: reason, type: 'broken' }],
  };
}

function suiteXml({ experiment, name, seconds: time, atMs, properties, tests }: Suite, id: number): string {
  const count = (result: Test['result']): number => tests.filter((test) => test.result === result).length;
  return element(
    'testsuite',
    {
      id: String(id),
      name: clean(name),
      package: clean(experiment),
      hostname: 'localhost',
      timestamp: new Date(atMs).toISOString().slice(0, 19),
      tests: String(tests.length),
      failures: String(count('failure')),
      errors: String(count('error')),
      skipped: String(count('skipped')),
      time: time.toFixed(3),
    },
    '\n',
    element(
      'properties',
      {},
      ...Object.entries(properties).map(([key, value]) =>
        element('property', { name: key, value: clean(value) }),
      ),
    ),
    '\n',
    ...tests.map((test) => testXml(test, `${experiment}.${name.replace(': ', '.')}`)),
    '<system-out/>\n<system-err/>\n',
  ).concat('\n');
}

function testXml({ name, result, text, type }: Test, classname: string): string {
  // Readers want a time of each test. A criterion takes none: the arm does, and its suite says how much.
  const head = { name: clean(name), classname: clean(classname), time: '0.000' };
  if (result === 'passed') return `${element('testcase', head)}\n`;
  const whole = clean(text);
  const message =
    whole.length > MESSAGE_CHARACTERS_MAX ? `${clean(whole.slice(0, MESSAGE_CHARACTERS_MAX))}…` : whole;
  return `${element('testcase', head, element(result, { message, type: result === 'skipped' ? undefined : type }, escapeXml(whole)))}\n`;
}

const clean = (text: string): string => text.replace(NOT_XML, '�');
const seconds = (ms: number): number => ms / 1_000;
