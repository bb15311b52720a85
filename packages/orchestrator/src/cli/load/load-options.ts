/**
 * Reads the flags of `fleetfall load` into a plan, and says of each that is wrong what is allowed. Targets are looked
 * up here, once.
 */
import { availableParallelism } from 'node:os';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { PlainRequest } from '@fleetfall/load/senders/plain-http.ts';
import type { LoadPlan, TargetPlan } from '@fleetfall/load/standalone/generator-plan.ts';
import { addressOfTarget, ForeignTargetError } from '@fleetfall/load/standalone/own-target.ts';
import { peakOf } from '@fleetfall/protocol/rate-profile.ts';
import { parseThreshold, type Threshold } from '@fleetfall/protocol/threshold.ts';
import { duration, oneOf, readHeader, textOf, whole } from './flag-values.ts';
import { readKinesis } from './kinesis-flags.ts';
import type { Environment, LoadOptions } from './load-flags.ts';
import { readProfile } from './schedule-flags.ts';

/** One generator holds this on a core of its own; beyond it a second one is started. */
const RATE_PER_GENERATOR = 20_000;
const GENERATORS_MAX = 64;
const IN_FLIGHT_MAX = 100_000;
const TIMEOUT_MS_MAX = 10 * 60_000;

/** @throws SettingsError that names the flag, its value and what is allowed. */
export async function readLoadOptions(
  options: LoadOptions,
  environment: Environment,
): Promise<{
  readonly plan: LoadPlan;
  readonly thresholds: readonly Threshold[];
}> {
  if (options.url.length === 0)
    throw new SettingsError('--url must be given: for example --url http://127.0.0.1:8080/');
  const profile = readProfile(options);
  const inFlightMax = whole('--in-flight-max', options.inFlightMax, 1, IN_FLIGHT_MAX);
  const plan: LoadPlan = {
    targets: await Promise.all(options.url.map((url) => readTarget(url, options.iOwnThisTarget === true))),
    request:
      options.stream === undefined ? readPlain(options) : readKinesis(options, options.stream, environment),
    profile,
    arrivals: oneOf('--arrivals', options.arrivals, ['even', 'poisson']),
    seed: options.seed,
    inFlightMax,
    connectionsMax:
      options.connections === undefined
        ? inFlightMax
        : whole('--connections', options.connections, 1, IN_FLIGHT_MAX),
    timeoutMs: duration('--timeout', options.timeout, 1, TIMEOUT_MS_MAX),
    generators:
      options.generators === undefined
        ? Math.min(availableParallelism(), Math.ceil(peakOf(profile) / RATE_PER_GENERATOR))
        : whole('--generators', options.generators, 1, GENERATORS_MAX),
  };
  const thresholds = options.threshold.map((text) => readThreshold(text, peakOf(profile)));
  return { plan, thresholds };
}

function readThreshold(text: string, peakPerSecond: number): Threshold {
  let threshold: Threshold;
  try {
    threshold = parseThreshold(text);
  } catch (error) {
    throw new SettingsError(`--threshold ${textOf(error)}`);
  }
  const { forMs } = threshold;
  if (forMs !== null && (peakPerSecond * forMs) / 1_000 < 1) {
    const [forLeast, rateLeast] = [Math.ceil(1_000 / peakPerSecond), Math.ceil(1_000_000 / forMs) / 1_000];
    throw new SettingsError(
      `--threshold '${text}': must be for at least ${forLeast}ms at ${peakPerSecond}/s, or the rate at least ${rateLeast}/s: else there may be no request in it`,
    );
  }
  return threshold;
}

function readPlain({ method, header, body = '', client, history }: LoadOptions): PlainRequest {
  if (client !== 'raw') throw new SettingsError(`--client '${client}': is for Kinesis: give a --stream too`);
  if (history !== undefined)
    throw new SettingsError(`--history '${history}': is of writes to a stream: give a --stream too`);
  return {
    method: readMethod(method ?? (body === '' ? 'GET' : 'POST')),
    fields: Object.fromEntries(header.map(readHeader)),
    body,
  };
}

async function readTarget(text: string, owned: boolean): Promise<TargetPlan> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new SettingsError(`--url '${text}': must be an http:// or https:// address`);
  if (url.username !== '' || url.password !== '')
    throw new SettingsError(`--url '${url.host}': must hold no user or password: give a --header`);
  const tls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    const address = await addressOfTarget(host, owned);
    return {
      host,
      port: Number(url.port) || (tls ? 443 : 80),
      tls,
      address,
      path: url.pathname + url.search,
    };
  } catch (error) {
    const hint =
      error instanceof ForeignTargetError ? ': if it is yours to load, say --i-own-this-target' : '';
    throw new SettingsError(`--url '${text}': ${textOf(error)}${hint}`, { cause: error });
  }
}

function readMethod(text: string): string {
  if (!/^[A-Z]{1,20}$/.test(text))
    throw new SettingsError(`--method '${text}': must be an HTTP method in capitals, such as GET or POST`);
  return text;
}
