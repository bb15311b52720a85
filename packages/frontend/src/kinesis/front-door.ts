/**
 * The front door: a POST with an action in `x-amz-target` comes in here, is read, handed to its action and
 * answered in JSON 1.1. Authentication beyond the run's secret, throttling and other protocols will stand here,
 * before the action.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from '@fleetfall/member/listener.ts';
import {
  AMZ_JSON,
  KINESIS_LIMITS,
  type KinesisAction,
  type KinesisErrorBody,
  REASON_HEADER,
  TARGET_PREFIX,
} from '@fleetfall/protocol/kinesis.ts';
import type { Router } from '../route/router.ts';
import { asKinesisError, KinesisError } from './api-error.ts';
import type { Fields } from './fields.ts';
import { getRecords, getShardIterator } from './get.ts';
import { putRecord, putRecords } from './put.ts';
import { createStream, describeStreamSummary, listShards, type StreamSources } from './streams.ts';

type ActionHandler = (fields: Fields) => unknown;

export interface FrontDoorOptions {
  readonly router: Router;
  readonly streams: StreamSources;
  readonly log: (message: string) => void;
}

export type FrontDoor = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createFrontDoor({ router, streams, log }: FrontDoorOptions): FrontDoor {
  const actions: Record<KinesisAction, ActionHandler> = {
    PutRecord: (fields) => putRecord(router, fields),
    PutRecords: (fields) => putRecords(router, fields),
    GetShardIterator: (fields) => getShardIterator(router, fields),
    GetRecords: (fields) => getRecords(router, fields),
    ListShards: (fields) => listShards(streams, fields),
    CreateStream: (fields) => createStream(streams, fields),
    DescribeStreamSummary: (fields) => describeStreamSummary(streams, fields),
  };

  return async (request, response) => {
    try {
      const handle = actionOf(request, actions);
      answer(response, 200, await handle(await readFields(request)));
    } catch (error) {
      const failure = asKinesisError(error);
      if (failure.type === 'InternalFailure' && failure.reason === undefined)
        log(String(failure.cause ?? failure));
      const body: KinesisErrorBody = { __type: failure.type, message: failure.message };
      const reason: Record<string, string> =
        failure.reason === undefined ? {} : { [REASON_HEADER]: failure.reason };
      answer(response, failure.status, body, { 'x-amzn-errortype': failure.type, ...reason });
    }
  };
}

function actionOf(request: IncomingMessage, actions: Record<KinesisAction, ActionHandler>): ActionHandler {
  const target = request.headers['x-amz-target'];
  const name =
    typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
  if (request.method === 'POST' && Object.hasOwn(actions, name)) return actions[name as KinesisAction];
  throw new KinesisError(
    'UnknownOperationException',
    `Unknown operation: ${request.method} with x-amz-target '${String(target ?? '')}'`,
  );
}

async function readFields(request: IncomingMessage): Promise<Fields> {
  let body: unknown;
  try {
    body = JSON.parse((await readBody(request, KINESIS_LIMITS.bodyBytesMax)).toString('utf8'));
  } catch (error) {
    if (error instanceof BodyTooLargeError)
      throw new KinesisError('InvalidArgumentException', error.message, { cause: error });
    throw new KinesisError('SerializationException', 'The body must be one JSON object', { cause: error });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new KinesisError('SerializationException', 'The body must be one JSON object');
  }
  return body as Fields;
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body), 'utf8');
  response.writeHead(status, {
    'content-type': AMZ_JSON,
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(bytes);
}
