/**
 * Reads what came back of a Kinesis call: an output, or an outcome with a name. Says too whether the outcome is
 * known (`definite`: nothing was written), since a write of unknown outcome may be found later and must not be
 * missed when it is not. Pure.
 */
import {
  KINESIS_ERRORS,
  type KinesisAction,
  type KinesisActions,
  REASON_HEADER,
} from '@fleetfall/protocol/kinesis.ts';
import type { ExchangeEnd } from '../exchange.ts';
import { fieldOf } from '../http/answer-parser.ts';
import { brokenReasonOf } from '../http/broken-reason.ts';

export interface KinesisFailure {
  readonly ok: false;
  /** An error's name, or a client's reason. */
  readonly outcome: string;
  /** The front-end's routing failure, where it told one. */
  readonly reason: string | null;
  readonly definite: boolean;
  readonly message: string;
}

export type KinesisAnswer<Action extends KinesisAction> =
  | { readonly ok: true; readonly output: KinesisActions[Action]['output'] }
  | KinesisFailure;

type Fields = Readonly<Record<string, unknown>>;

/** The fields that the load relies on: an answer without them is a `bad-answer`, whatever its status. */
const COMPLETE: Readonly<Record<KinesisAction, (output: Fields) => boolean>> = {
  PutRecord: (output) => isText(output.ShardId) && isText(output.SequenceNumber),
  PutRecords: (output) => Array.isArray(output.Records),
  GetShardIterator: (output) => isText(output.ShardIterator),
  GetRecords: (output) => Array.isArray(output.Records) && typeof output.MillisBehindLatest === 'number',
  ListShards: (output) => Array.isArray(output.Shards),
  CreateStream: () => true,
  DescribeStreamSummary: (output) => isFields(output.StreamDescriptionSummary),
};

/** Reads the end of an exchange that carried `action`. */
export function readAnswer<Action extends KinesisAction>(
  action: Action,
  end: ExchangeEnd,
): KinesisAnswer<Action> {
  if (end.kind === 'broken') {
    const { reason, detail, written } = end;
    return { ...failure(reason, detail), definite: !written || isDefinite(reason) };
  }
  const body = parsed(end.body);
  if (end.status === 200) {
    if (isFields(body) && COMPLETE[action](body))
      return { ok: true, output: body as unknown as KinesisActions[Action]['output'] };
    return failure('bad-answer', `status 200 with a body that is not an output of ${action}`);
  }
  const told = isFields(body) ? body : {};
  const name = errorName(told.__type) ?? errorName(fieldOf(end.head, 'x-amzn-errortype'));
  const message = isText(told.message) ? told.message : '';
  if (name === undefined)
    return failure('bad-answer', `status ${end.status} without an error's name ${message}`);
  return failure(name, message, fieldOf(end.head, REASON_HEADER) ?? null);
}

function failure(outcome: string, message: string, reason: string | null = null): KinesisFailure {
  return { ok: false, outcome, reason, definite: isDefinite(outcome), message };
}

/** What became of a call whose time is over. @param mayBeCarriedOut false when it certainly never reached the server. */
export function givenUp(mayBeCarriedOut: boolean): KinesisFailure {
  return { ...failure('timeout', 'no answer in the time given'), definite: !mayBeCarriedOut };
}

/** Names what an SDK threw: an error of the service by its name, one of the connection by the reason behind its code. */
export function failureOf(
  { name, message, code }: { readonly name: string; readonly message: string; readonly code?: string },
  reason: string | null,
): KinesisFailure {
  const broken = code === undefined ? undefined : brokenReasonOf(Object.assign(new Error(message), { code }));
  return failure(broken ?? (name === 'TimeoutError' ? 'timeout' : name), message, reason);
}

/** Errors that the service has and a front-end does not, of calls that were not carried out. */
const NOT_CARRIED_OUT: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'LimitExceededException',
  'KMSThrottlingException',
  'UnrecognizedClientException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'connection-refused',
  'connect-timeout',
  'no-target',
]);

/** Whether an error, of a call or of a record in a batch, says that nothing was written. */
export function isDefinite(outcome: string): boolean {
  if (Object.hasOwn(KINESIS_ERRORS, outcome))
    return KINESIS_ERRORS[outcome as keyof typeof KINESIS_ERRORS].definite;
  return NOT_CARRIED_OUT.has(outcome);
}

/** Services write `namespace#Name` in the body and `Name:address` in the header. */
function errorName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.slice(value.indexOf('#') + 1).split(':', 1)[0];
  return name === undefined || !/^\w{1,80}$/.test(name) ? undefined : name;
}

/** An empty output is an empty body. What is not JSON is no output and no error: undefined says so. */
function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
