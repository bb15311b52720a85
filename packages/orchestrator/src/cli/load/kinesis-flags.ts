/** Reads the flags of a Kinesis client's load: what is put and read, by which client, and what is kept of it. */
import { existsSync } from 'node:fs';
import { parseKeys } from '@fleetfall/experiment/load-fields.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { historyPathOf } from '@fleetfall/load/history-on-disk/format.ts';
import type { Signing } from '@fleetfall/load/kinesis/requests.ts';
import { RECORD_BYTES_MIN } from '@fleetfall/load/record-data.ts';
import type { KinesisPlan } from '@fleetfall/load/standalone/generator-plan.ts';
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import type { KeyDistribution } from '@fleetfall/protocol/load-stdio.ts';
import { oneOf, percent, readHeader, textOf, whole } from './flag-values.ts';
import type { Environment, LoadOptions } from './load-flags.ts';

export function readKinesis(options: LoadOptions, stream: string, environment: Environment): KinesisPlan {
  if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(stream))
    throw new SettingsError(
      `--stream '${stream}': must have 1 to 128 letters, digits, dots, dashes and underscores`,
    );
  const client = oneOf('--client', options.client, ['raw', 'sdk']);
  const signing = readSigning(options.region, environment);
  if (client === 'sdk' && signing === null)
    throw new SettingsError(
      "--client 'sdk': signs all requests: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set",
    );
  for (const flag of ['method', 'body'] as const) {
    if (options[flag] !== undefined)
      throw new SettingsError(
        `--${flag} '${options[flag]}': is not for a --stream, which says itself what is sent`,
      );
  }
  return {
    workload: {
      stream,
      readFraction: percent('--reads', options.reads),
      batch: whole('--batch', options.batch, 1, KINESIS_LIMITS.putRecordsEntriesMax),
      recordBytes: whole(
        '--record-bytes',
        options.recordBytes,
        RECORD_BYTES_MIN,
        KINESIS_LIMITS.recordBytesMax,
      ),
      keys: readKeys(options.keys),
      seed: options.seed,
      writer: options.seed,
    },
    client,
    attemptsMax: whole('--attempts', options.attempts, 1, 10),
    signing,
    fields: Object.fromEntries(options.header.map(readHeader)),
    historyPath: options.history === undefined ? null : readHistoryPath(options.history),
  };
}

/** Requests are signed where the environment holds credentials, as every AWS client takes them. */
function readSigning(region: string, environment: Environment): Signing | null {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return null;
  const token = AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {};
  return {
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, ...token },
    region,
  };
}

function readHistoryPath(path: string): string {
  // A further generator's, too: left from another load, it would be read as a part of this one's.
  for (const file of [path, historyPathOf(path, 1)]) {
    if (existsSync(file))
      throw new SettingsError(`--history '${path}': ${file} is there already, and is never written over`);
  }
  return path;
}

/** `uniform`, `zipf:1.1` or `hot:90%`. */
function readKeys(text: string): KeyDistribution {
  try {
    return parseKeys(text);
  } catch (error) {
    throw new SettingsError(`--keys ${textOf(error)}`, { cause: error });
  }
}
