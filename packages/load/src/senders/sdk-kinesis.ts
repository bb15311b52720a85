/**
 * Carries Kinesis calls by the AWS SDK as applications use it: its retries with back-off, its token bucket, its
 * signatures. A call that it gave up or got through counts once, with the attempts it took; what became of those is
 * told beside it (`sdk-attempts.ts`). HTTP/1.1 over keep-alive
 * connections, since the SDK's own choice for `http://` is HTTP/2, which front-ends do not all speak.
 *
 * The SDK is loaded when it is asked for: it is by far the largest thing here.
 */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { isIP } from 'node:net';
import { type KinesisAction, REASON_HEADER } from '@fleetfall/protocol/kinesis.ts';
import { authorityOf, type Fields } from '../http/request-text.ts';
import { failureOf, givenUp, type KinesisAnswer, type KinesisFailure } from '../kinesis/answer.ts';
import type { KinesisCall } from '../kinesis/call.ts';
import type { Signing } from '../kinesis/requests.ts';
import type { Flight, Launch } from '../open-loop.ts';
import type { Route } from './raw-kinesis.ts';
import { type CallAttempts, followAttempts } from './sdk-attempts.ts';
import { sdkCommand } from './sdk-commands.ts';

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
  let callFrom: string | undefined;
  const httpAgent = new Agent({ ...agentOptions, lookup: lookup as never });
  const httpsAgent = new TlsAgent({ ...agentOptions, lookup: lookup as never });
  for (const agent of [httpAgent, httpsAgent]) callingFrom(agent, () => callFrom);
  const client = new sdk.KinesisClient({
    region,
    credentials,
    endpoint: tls ? 'https://balanced.invalid' : 'http://balanced.invalid',
    maxAttempts: options.attemptsMax,
    requestHandler: new NodeHttpHandler({ httpAgent, httpsAgent }),
  });
  const followed = followAttempts();
  const calls = new WeakMap<object, { readonly flight: Flight; readonly attempts: CallAttempts }>();
  const balance = (next: (args: Outgoing) => Promise<unknown>) => async (args: Outgoing) => {
    const route = nextRoute();
    if (route === undefined) throw Object.assign(new Error('there is no front-end'), { name: 'no-target' });
    const call = calls.get(args.input);
    if (call === undefined) throw new Error('Cannot send a request that is no call of this load');
    const { origin } = route.pool;
    callFrom = origin.callFrom;
    const { request } = args;
    request.hostname = origin.host;
    request.port = origin.port;
    request.headers.host = authorityOf(origin.host, origin.port);
    Object.assign(request.headers, options.fields);
    if (origin.address !== undefined) addresses.set(origin.host, origin.address);
    call.flight.recipient = route.recipient;
    return call.attempts.make(() => next(args), failureOfSdk);
  };
  // After the retries, so that it is asked for each attempt, and before the signature, which covers the host.
  client.middlewareStack.addRelativeTo(balance as never, {
    name: 'balance',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });

  return {
    launch(flight) {
      const call = nextCall();
      flight.operation = call.action;
      const aborter = new AbortController();
      const attempts = followed.of(flight);
      flight.carrier = {
        giveUp() {
          aborter.abort();
          call.settle(givenUp(attempts.mayBeCarriedOut()));
          return attempts.begun ? 'written' : flight.wasSent ? 'unconnected' : 'queued';
        },
      };
      const command = sdkCommand(sdk, call);
      calls.set(command.input, { flight, attempts });
      const sent = client.send(command as never, { abortSignal: aborter.signal }) as Promise<unknown>;
      sent.then(
        (output) => end(flight, call, aborter.signal, { ok: true, output } as KinesisAnswer<KinesisAction>),
        (error: unknown) => {
          const failure = failureOfSdk(error, attempts.begun);
          end(flight, call, aborter.signal, { ...failure, definite: !attempts.mayBeCarriedOut() });
        },
      );
    },
    [Symbol.dispose]() {
      followed[Symbol.dispose]();
      client.destroy();
    },
  };
}

/** Connections come from the address that the load calls from, or no network rule could tell its own from others. */
function callingFrom(agent: Agent, callFrom: () => string | undefined): void {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const localAddress = callFrom();
    return create(localAddress === undefined ? options : { ...options, localAddress }, callback);
  };
}

/** Once the engine gave up, the call has ended as what was known then: the SDK's word comes too late. */
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

/** An SDK's error by the names that the raw sender gives too. @param written whether the request had been written. */
function failureOfSdk(error: unknown, written: boolean): KinesisFailure {
  const { name, message, code, $response } = error as Error & {
    code?: string;
    $response?: { headers?: Record<string, string> };
  };
  const failure = failureOf(
    { name, message, ...(code === undefined ? {} : { code }) },
    $response?.headers?.[REASON_HEADER] ?? null,
  );
  if (written) return failure;
  return {
    ...failure,
    definite: true,
    outcome: failure.outcome === 'timeout' ? 'connect-timeout' : failure.outcome,
  };
}
