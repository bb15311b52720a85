/**
 * Reads a command line and holds every field against what is allowed, so that a slip of the one who drives the
 * load is told at once and by name, and never becomes a measurement. Pure. Fields that no command has are passed
 * over.
 */
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import { LOAD_LIMITS, type LoadCommand } from '@fleetfall/protocol/load-stdio.ts';

/** A connection each at the most: far below what a process may hold open. */
const IN_FLIGHT_MAX = 10_000;
const JOB_TIMEOUT_MS_MAX = 3_600_000;
const DURATION_MS_MAX = 24 * 3_600_000;
const TARGETS_MAX = 1_000;
const STAGES_MAX = 1_000;

/** A command as it was understood, or why it was not. `op` is null when the line does not tell which it is. */
export type ReadCommand =
  | { readonly command: LoadCommand }
  | { readonly op: LoadCommand['op'] | null; readonly refusal: string };

interface Rule {
  readonly allowed: string;
  readonly accepts: (value: unknown) => boolean;
}

const streamName: Rule = {
  allowed: 'a text of 1 to 128 letters, digits, dots, dashes and underscores',
  accepts: (value) => typeof value === 'string' && /^[a-zA-Z0-9_.-]{1,128}$/.test(value),
};
const someText: Rule = {
  allowed: 'a text that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
};
const oneOf = (...words: readonly string[]): Rule => ({
  allowed: words.map((word) => `'${word}'`).join(' or '),
  accepts: (value) => words.includes(value as string),
});
const cohort = oneOf('incumbent', 'newcomer');
const optional = ({ allowed, accepts }: Rule): Rule => ({
  allowed,
  accepts: (value) => value === undefined || accepts(value),
});
const wholeFrom = (low: number, high: number): Rule => ({
  allowed: `a whole number from ${low} to ${high}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
});
const rate: Rule = {
  allowed: `a number above 0 and at most ${LOAD_LIMITS.ratePerSecondMax}`,
  accepts: (value) => typeof value === 'number' && value > 0 && value <= LOAD_LIMITS.ratePerSecondMax,
};
const numberUpTo =
  (max: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value >= 0 && value <= max;
const stages: Rule = {
  allowed: `a list of at most ${STAGES_MAX} stages, each with a durationMs above 0 and rates up to ${LOAD_LIMITS.ratePerSecondMax}`,
  accepts: (value) =>
    Array.isArray(value) &&
    value.length <= STAGES_MAX &&
    value.every(
      (stage: Partial<Record<string, unknown>> | null) =>
        typeof stage?.durationMs === 'number' &&
        stage.durationMs > 0 &&
        [stage.fromPerSecond, stage.toPerSecond].every(numberUpTo(LOAD_LIMITS.ratePerSecondMax)),
    ),
};
const isFraction = numberUpTo(1);
const yesOrNo: Rule = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' };
const fraction: Rule = { allowed: 'a number from 0 to 1', accepts: isFraction };
const keys: Rule = {
  allowed: "{kind: 'uniform'}, {kind: 'zipf', exponent} or {kind: 'hot', fraction}",
  accepts: (value) => {
    const { kind, exponent, fraction: share } = (value ?? {}) as Partial<Record<string, unknown>>;
    if (kind === 'hot') return isFraction(share);
    return kind === 'uniform' || (kind === 'zipf' && typeof exponent === 'number' && exponent > 0);
  },
};
const targetList: Rule = {
  allowed: `a list of at most ${TARGETS_MAX} targets`,
  accepts: (value) => Array.isArray(value) && value.length <= TARGETS_MAX,
};

type Rules = Readonly<Record<string, Rule>>;

const RULES: Readonly<Record<LoadCommand['op'], Rules>> = {
  targets: { targets: targetList },
  'create-stream': {
    stream: streamName,
    shards: wholeFrom(1, LOAD_LIMITS.shardsMax),
    timeoutMs: wholeFrom(1, JOB_TIMEOUT_MS_MAX),
  },
  start: {
    stream: streamName,
    ratePerSecond: rate,
    recordBytes: wholeFrom(LOAD_LIMITS.recordBytesMin, KINESIS_LIMITS.recordBytesMax),
    inFlightMax: wholeFrom(1, IN_FLIGHT_MAX),
    timeoutMs: wholeFrom(1, LOAD_LIMITS.requestTimeoutMsMax),
    durationMaxMs: wholeFrom(1, DURATION_MS_MAX),
    client: optional(oneOf('raw', 'sdk')),
    balance: optional(oneOf('round-robin', 'sticky')),
    batch: optional(wholeFrom(1, KINESIS_LIMITS.putRecordsEntriesMax)),
    stages: optional(stages),
    arrivals: optional(oneOf('even', 'poisson')),
    keys: optional(keys),
    readFraction: optional(fraction),
    history: optional(yesOrNo),
  },
  stop: {},
  'read-back': { stream: streamName, timeoutMs: wholeFrom(1, JOB_TIMEOUT_MS_MAX) },
};

const TARGET_RULES: Rules = { memberId: someText, host: someText, port: wholeFrom(1, 65_535), cohort };

/** Reads one line of the load's standard input. */
export function readCommand(line: string): ReadCommand {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { op: null, refusal: `Cannot read a command: a line must be one JSON object: ${shown(line)}` };
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields.op !== 'string' || !Object.hasOwn(RULES, fields.op)) {
    const known = Object.keys(RULES).join(', ');
    return {
      op: null,
      refusal: `Cannot read a command as 'op' must be one of ${known}: current value is ${shown(fields.op)}`,
    };
  }
  const op = fields.op as LoadCommand['op'];
  const refusal =
    firstRefusal(fields, RULES[op], '') ?? (op === 'targets' ? targetsRefusal(fields) : undefined);
  return refusal === undefined
    ? { command: value as LoadCommand }
    : { op, refusal: `Cannot ${op}: ${refusal}` };
}

function targetsRefusal(fields: Readonly<Record<string, unknown>>): string | undefined {
  const seen = new Set<unknown>();
  for (const [index, target] of (fields.targets as readonly unknown[]).entries()) {
    const at = `targets[${index}]`;
    if (typeof target !== 'object' || target === null)
      return `'${at}' must be an object: current value is ${shown(target)}`;
    const refusal = firstRefusal(target as Readonly<Record<string, unknown>>, TARGET_RULES, `${at}.`);
    if (refusal !== undefined) return refusal;
    const { memberId } = target as { memberId: unknown };
    if (seen.has(memberId))
      return `'${at}.memberId' must be in the list once: current value is ${shown(memberId)}`;
    seen.add(memberId);
  }
  return undefined;
}

function firstRefusal(
  fields: Readonly<Record<string, unknown>>,
  rules: Rules,
  prefix: string,
): string | undefined {
  for (const [name, { allowed, accepts }] of Object.entries(rules)) {
    if (!accepts(fields[name]))
      return `'${prefix}${name}' must be ${allowed}: current value is ${shown(fields[name])}`;
  }
  return undefined;
}

/** A value for a message, cut short: what was sent by mistake may be of any length. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
