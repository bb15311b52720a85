/**
 * Carries Kinesis calls by the AWS SDK as applications use it: its retries with back-off, its token bucket, its
 * signatures. A call that it gave up or got through counts once, with the attempts it took. HTTP/1.1 over keep-alive
 * connections, since the SDK's own choice for `http://` is HTTP/2, which front-ends do not all speak.
 *
 * The SDK is loaded when it is asked for: it is by far the largest thing here.
 */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { isIP } from 'node:net';
import { type KinesisAction, REASON_HEADER } from '@fleetfall/protocol/kinesis.ts';
import { authorityOf, type Fields } from '../http/request-text.ts';
import { failureOf, type KinesisAnswer } from '../kinesis/answer.ts';
import type { Signing } from '../kinesis/requests.ts';
import type { KinesisCall } from '../kinesis/workload.ts';
import type { Flight, Launch } from '../open-loop.ts';
import type { Route } from './raw-kinesis.ts';

export interface SdkOptions {
  readonly signing: Signing;
  /** What every request carries besides; not signed. */
  readonly fields: Fields;
  readonly connectionsMax: number;
  /** Attempts of one call, the first among them; the SDK's own default is 3. */
  readonly attemptsMax: number;
}

/** Disposal cuts all connections. */
export interface SdkSender extends Disposable {
  readonly launch: Launch;
}

/** A request on its way out, as far as the middleware here looks at it. */
interface Outgoing {
  readonly input: object;
  readonly request: { hostname: string; port?: number; headers: Record<string, string> };
}

/**
 * Makes a sender.
 * @param nextRoute asked for every attempt, as a balancer is by every connection: a retry may go elsewhere.
 */
export type MakeSdkSender = (
  nextRoute: () => Route | undefined,
  options: SdkOptions,
  nextCall: () => KinesisCall,
) => SdkSender;

/** Loads the SDK: some hundred milliseconds. */
export async function loadSdkKinesis(): Promise<MakeSdkSender> {
  const [sdk, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-kinesis'),
    import('@smithy/node-http-handler'),
  ]);
  return (nextRoute, options, nextCall) => makeSender(sdk, NodeHttpHandler, nextRoute, options, nextCall);
}

function makeSender(
  sdk: typeof import('@aws-sdk/client-kinesis'),
  NodeHttpHandler: typeof import('@smithy/node-http-handler').NodeHttpHandler,
  nextRoute: () => Route | undefined,
  options: SdkOptions,
  nextCall: () => KinesisCall,
): SdkSender {
  const { credentials, region } = options.signing;
  const agentOptions = { keepAlive: true, maxSockets: options.connectionsMax, noDelay: true };
  const tls = nextRoute()?.pool.origin.tls === true;
  const addresses = new Map<string, string>();
  const lookup = (
    name: string,
    { all }: { all?: boolean },
    done: (error: null, address: unknown, family?: number) => void,
  ): void => {
    const address = addresses.get(name) ?? name;
    if (all === true) done(null, [{ address, family: isIP(address) }]);
    else done(null, address, isIP(address));
  };
  const handler = new NodeHttpHandler({
    httpAgent: new Agent({ ...agentOptions, lookup: lookup as never }),
    httpsAgent: new TlsAgent({ ...agentOptions, lookup: lookup as never }),
  });
  const client = new sdk.KinesisClient({
    region,
    credentials,
    endpoint: tls ? 'https://balanced.invalid' : 'http://balanced.invalid',
    maxAttempts: options.attemptsMax,
    requestHandler: handler,
  });
  const flights = new WeakMap<object, Flight>();
  const balance = (next: (args: Outgoing) => Promise<unknown>) => async (args: Outgoing) => {
    const route = nextRoute();
    if (route === undefined) throw Object.assign(new Error('there is no front-end'), { name: 'no-target' });
    const { origin } = route.pool;
    const { request } = args;
    request.hostname = origin.host;
    request.port = origin.port;
    request.headers.host = authorityOf(origin.host, origin.port);
    Object.assign(request.headers, options.fields);
    if (origin.address !== undefined) addresses.set(origin.host, origin.address);
    const flight = flights.get(args.input);
    if (flight !== undefined) {
      flight.recipient = route.recipient;
      flight.attempts += 1;
    }
    return next(args);
  };
  // After the retries, so that it is asked for each attempt, and before the signature, which covers the host.
  client.middlewareStack.addRelativeTo(balance as never, {
    name: 'balance',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });

  const commandOf = ({ action, input }: KinesisCall) => {
    switch (action) {
      case 'PutRecord': {
        const put = input as { StreamName: string; Data: string; PartitionKey: string };
        return new sdk.PutRecordCommand({ ...put, Data: Buffer.from(put.Data, 'base64') });
      }
      case 'PutRecords': {
        const put = input as { StreamName: string; Records: { Data: string; PartitionKey: string }[] };
        const Records = put.Records.map((record) => ({
          ...record,
          Data: Buffer.from(record.Data, 'base64'),
        }));
        return new sdk.PutRecordsCommand({ ...put, Records });
      }
      case 'GetRecords':
        return new sdk.GetRecordsCommand(input as { ShardIterator: string });
      case 'GetShardIterator':
        return new sdk.GetShardIteratorCommand(
          input as { StreamName: string; ShardId: string; ShardIteratorType: 'TRIM_HORIZON' },
        );
      default:
        throw new Error(`Cannot send ${action}: a load does not call it`);
    }
  };

  return {
    launch(flight) {
      const call = nextCall();
      flight.operation = call.action;
      flight.attempts = 0;
      const giveUp = new AbortController();
      flight.giveUp = () => giveUp.abort();
      const command = commandOf(call);
      flights.set(command.input, flight);
      const sent = client.send(command as never, { abortSignal: giveUp.signal }) as Promise<unknown>;
      sent.then(
        (output) => end(flight, call, giveUp.signal, { ok: true, output } as KinesisAnswer<KinesisAction>),
        (error: unknown) => end(flight, call, giveUp.signal, failureOfSdk(error, flight.attempts)),
      );
    },
    [Symbol.dispose]() {
      client.destroy();
    },
  };
}

/** Once the engine gave up, the SDK's word comes too late: what became of the call is unknown. */
function end(
  flight: Flight,
  call: KinesisCall,
  givenUp: AbortSignal,
  answer: KinesisAnswer<KinesisAction>,
): void {
  if (givenUp.aborted) return;
  const { outcome, reason } = call.settle(answer);
  flight.end(outcome, reason);
}

/**
 * The SDK's error by the names that the raw sender gives too. It tells of the last attempt alone: an earlier one may
 * have been carried out, so the outcome of more than one is unknown.
 */
function failureOfSdk(error: unknown, attempts: number): KinesisAnswer<KinesisAction> {
  const { name, message, code, $response } = error as Error & {
    code?: string;
    $response?: { headers?: Record<string, string> };
  };
  const failure = failureOf(
    { name, message, ...(code === undefined ? {} : { code }) },
    $response?.headers?.[REASON_HEADER] ?? null,
  );
  return attempts > 1 ? { ...failure, definite: false } : failure;
}
