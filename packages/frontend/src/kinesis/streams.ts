/**
 * CreateStream, DescribeStreamSummary and ListShards: answered from the configuration that this front-end knows,
 * or handed to the metadata store.
 */
import { type MetadataClient, MetadataError } from '@fleetfall/member/metadata-client.ts';
import { KINESIS_LIMITS, type KinesisActions, type KinesisErrorName } from '@fleetfall/protocol/kinesis.ts';
import type { MetadataErrorBody, StreamConfiguration } from '@fleetfall/protocol/membership.ts';
import type { ConfigurationCache } from '../discovery/configuration-cache.ts';
import type { MapBuilder } from '../shard-map/builder.ts';
import { KinesisError } from './api-error.ts';
import { type Fields, optional, text, wholeNumber } from './fields.ts';
import { namedStream, streamName } from './stream-name.ts';

/** Shards of one stream: the service's quotas are regional, this one is a guard. */
const SHARDS_MAX = 100_000;
const RETENTION_HOURS = 24;
const TOKEN_LENGTH_MAX = 1_024;
const SHARD_ID_LENGTH_MAX = 128;

export interface StreamSources {
  readonly configuration: ConfigurationCache;
  readonly metadata: MetadataClient;
  readonly builder: MapBuilder;
}

const ERROR_OF: Record<MetadataErrorBody['code'], KinesisErrorName> = {
  ResourceInUse: 'ResourceInUseException',
  InvalidArgument: 'InvalidArgumentException',
  NoBackEnd: 'ServiceUnavailable',
  NotFound: 'ResourceNotFoundException',
};

export async function createStream(
  { metadata, configuration }: StreamSources,
  fields: Fields,
): Promise<undefined> {
  const name = streamName(fields);
  const shardCount = wholeNumber(fields, 'ShardCount', 1, SHARDS_MAX, 1);
  try {
    await metadata.createStream({ name, shardCount });
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    const type = error.code === undefined ? 'InternalFailure' : ERROR_OF[error.code];
    throw new KinesisError(type, error.message, { cause: error });
  }
  await configuration.refresh();
  return undefined;
}

export function describeStreamSummary(
  { configuration, builder }: StreamSources,
  fields: Fields,
): KinesisActions['DescribeStreamSummary']['output'] {
  const stream = find(configuration, namedStream(fields));
  return {
    StreamDescriptionSummary: {
      StreamName: stream.name,
      StreamARN: stream.arn,
      StreamStatus: isServed(stream, builder) ? 'ACTIVE' : 'CREATING',
      RetentionPeriodHours: RETENTION_HOURS,
      StreamCreationTimestamp: stream.createdAtMs / 1_000,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      OpenShardCount: stream.shards.length,
      ConsumerCount: 0,
    },
  };
}

/** Whether the shard-map here knows an owner for every shard of the stream. */
function isServed(stream: StreamConfiguration, builder: MapBuilder): boolean {
  const map = builder.current();
  return (
    map !== undefined &&
    stream.shards.every(({ shardId }) => map.placeShard(stream.name, shardId)?.backEndId !== undefined)
  );
}

export function listShards(
  { configuration }: StreamSources,
  fields: Fields,
): KinesisActions['ListShards']['output'] {
  const [name, after] = pageStart(fields);
  const countMax = wholeNumber(fields, 'MaxResults', 1, KINESIS_LIMITS.listShardsMax, 1_000);
  const shards = find(configuration, name).shards.filter(
    ({ shardId }) => after === undefined || shardId > after,
  );
  const page = shards.slice(0, countMax);
  const last = page.at(-1);
  return {
    Shards: page.map(({ shardId, startingHashKey, endingHashKey }) => ({
      ShardId: shardId,
      HashKeyRange: { StartingHashKey: startingHashKey, EndingHashKey: endingHashKey },
      SequenceNumberRange: { StartingSequenceNumber: '0' },
    })),
    ...(last !== undefined && shards.length > page.length
      ? { NextToken: writeToken(name, last.shardId) }
      : {}),
  };
}

/** Where the page begins: at the token of the page before, or at what is asked for. */
function pageStart(fields: Fields): [name: string, after: string | undefined] {
  const token = optional(fields, 'NextToken', () => text(fields, 'NextToken', TOKEN_LENGTH_MAX));
  const after = optional(fields, 'ExclusiveStartShardId', () =>
    text(fields, 'ExclusiveStartShardId', SHARD_ID_LENGTH_MAX),
  );
  if (token === undefined) return [namedStream(fields), after];
  const beside = ['StreamName', 'StreamARN', 'ExclusiveStartShardId'].find((field) => fields[field] != null);
  if (beside === undefined) return readToken(token);
  throw new KinesisError(
    'InvalidArgumentException',
    `NextToken and ${beside} '${String(fields[beside])}' cannot both be given: a token stands for its stream and place`,
  );
}

const writeToken = (name: string, after: string): string =>
  Buffer.from(`${name}/${after}`).toString('base64url');

function readToken(token: string): [name: string, after: string] {
  const [name, after, ...rest] = Buffer.from(token, 'base64url').toString('utf8').split('/');
  if (name === undefined || after === undefined || rest.length > 0) {
    throw new KinesisError('InvalidArgumentException', 'Invalid NextToken: it was not made by ListShards');
  }
  return [name, after];
}

function find(configuration: ConfigurationCache, name: string): StreamConfiguration {
  const stream = configuration.current().streams.find((candidate) => candidate.name === name);
  if (stream === undefined) throw new KinesisError('ResourceNotFoundException', `Stream ${name} not found`);
  return stream;
}
