/**
 * The part of the Kinesis Data Streams API that the fleet speaks: JSON 1.1 over HTTP POST, the action in
 * `x-amz-target`. Shapes, limits and errors as in the Kinesis API reference (2013-12-02); no I/O.
 */

/** Prefix of `x-amz-target`; the action's name follows it. */
export const TARGET_PREFIX = 'Kinesis_20131202.';
/** Content type of requests and answers. */
export const AMZ_JSON = 'application/x-amz-json-1.1';

/** What every stream's ARN begins with: the form that clients expect; region and account mean nothing here. */
const STREAM_ARN_PREFIX = 'arn:aws:kinesis:us-east-1:000000000000:stream/';

/** The ARN of a stream of the fleet. */
export function streamArnOf(name: string): string {
  return `${STREAM_ARN_PREFIX}${name}`;
}

/** Limits of the service, in bytes and counts. */
export const KINESIS_LIMITS = {
  recordBytesMax: 1024 * 1024,
  putRecordsEntriesMax: 500,
  putRecordsBytesMax: 5 * 1024 * 1024,
  getRecordsMax: 10_000,
  listShardsMax: 10_000,
  /** A body of PutRecords in base64 and JSON: 4/3 of its bytes and some room. */
  bodyBytesMax: 8 * 1024 * 1024,
  shardIteratorLifeMs: 5 * 60_000,
} as const;

/** A stream, by its name or its ARN; by both when they agree. */
interface NamesStream {
  StreamName?: string;
  StreamARN?: string;
}

export interface PutRecordInput extends NamesStream {
  /** Base64. */
  Data: string;
  PartitionKey: string;
  ExplicitHashKey?: string;
}
export interface PutRecordOutput {
  ShardId: string;
  SequenceNumber: string;
}
export interface PutRecordsInput extends NamesStream {
  Records: { Data: string; PartitionKey: string; ExplicitHashKey?: string }[];
}
export interface PutRecordsOutput {
  FailedRecordCount: number;
  Records: (PutRecordOutput | FailedRecord)[];
}
export interface FailedRecord {
  ErrorCode: string;
  ErrorMessage?: string;
}
export type ShardIteratorType =
  | 'TRIM_HORIZON'
  | 'LATEST'
  | 'AT_SEQUENCE_NUMBER'
  | 'AFTER_SEQUENCE_NUMBER'
  | 'AT_TIMESTAMP';
export interface GetShardIteratorInput extends NamesStream {
  ShardId: string;
  ShardIteratorType: ShardIteratorType;
  StartingSequenceNumber?: string;
  /** Seconds since the epoch, with fractions. */
  Timestamp?: number;
}
export interface GetShardIteratorOutput {
  ShardIterator: string;
}
export interface GetRecordsInput {
  ShardIterator: string;
  StreamARN?: string;
  Limit?: number;
}
export interface GetRecordsOutput {
  Records: {
    SequenceNumber: string;
    /** Seconds since the epoch, with fractions. */
    ApproximateArrivalTimestamp: number;
    Data: string;
    PartitionKey: string;
  }[];
  NextShardIterator: string;
  MillisBehindLatest: number;
}
export interface ListShardsInput extends NamesStream {
  /** In place of the stream's name. */
  NextToken?: string;
  MaxResults?: number;
  ExclusiveStartShardId?: string;
}
export interface ListShardsOutput {
  Shards: {
    ShardId: string;
    HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
    SequenceNumberRange: { StartingSequenceNumber: string };
  }[];
  NextToken?: string;
}
export interface CreateStreamInput {
  StreamName: string;
  ShardCount?: number;
}
export type DescribeStreamSummaryInput = NamesStream;
export interface DescribeStreamSummaryOutput {
  StreamDescriptionSummary: {
    StreamName: string;
    StreamARN: string;
    StreamStatus: 'CREATING' | 'ACTIVE';
    RetentionPeriodHours: number;
    StreamCreationTimestamp: number;
    EnhancedMonitoring: { ShardLevelMetrics: string[] }[];
    OpenShardCount: number;
    ConsumerCount: number;
  };
}

/** Every action with its input and output. */
export interface KinesisActions {
  PutRecord: { input: PutRecordInput; output: PutRecordOutput };
  PutRecords: { input: PutRecordsInput; output: PutRecordsOutput };
  GetShardIterator: { input: GetShardIteratorInput; output: GetShardIteratorOutput };
  GetRecords: { input: GetRecordsInput; output: GetRecordsOutput };
  ListShards: { input: ListShardsInput; output: ListShardsOutput };
  CreateStream: { input: CreateStreamInput; output: undefined };
  DescribeStreamSummary: { input: DescribeStreamSummaryInput; output: DescribeStreamSummaryOutput };
}
export type KinesisAction = keyof KinesisActions;

/**
 * The registry of errors: HTTP status, and whether the outcome is known (`definite`: nothing was written).
 * Names are those of the API reference and its common errors.
 */
export const KINESIS_ERRORS = {
  ValidationException: { status: 400, definite: true },
  InvalidArgumentException: { status: 400, definite: true },
  ResourceNotFoundException: { status: 400, definite: true },
  ResourceInUseException: { status: 400, definite: true },
  ExpiredIteratorException: { status: 400, definite: true },
  SerializationException: { status: 400, definite: true },
  UnknownOperationException: { status: 400, definite: true },
  AccessDeniedException: { status: 400, definite: true },
  /** The front-end cannot route: its shard-map is missing, aged or has no owner for the key. */
  ServiceUnavailable: { status: 503, definite: true },
  /** The back-end was reached or may have been: a write may have happened. */
  InternalFailure: { status: 500, definite: false },
} as const;
export type KinesisErrorName = keyof typeof KINESIS_ERRORS;

/** The body of every error. */
export interface KinesisErrorBody {
  __type: KinesisErrorName;
  message: string;
}

/**
 * Why a front-end could not route a request: the header {@link REASON_HEADER} and the label of its metric.
 * `definite`: surely nothing was written.
 */
export const ROUTING_FAILURES = {
  'map-missing': { definite: true },
  'map-aged': { definite: true },
  'no-owner': { definite: true },
  'back-end-unreachable': { definite: false },
  'back-end-refused': { definite: false },
} as const;
export type RoutingFailure = keyof typeof ROUTING_FAILURES;
/** Header on failed answers that names the {@link RoutingFailure}. */
export const REASON_HEADER = 'x-fleetfall-reason';

/** An entry of PutRecords that failed. Of the codes that the API documents for it, the one that is no throttle. */
export function failedRecord(message: string, reason: RoutingFailure | undefined): FailedRecord {
  return {
    ErrorCode: 'InternalFailure',
    ErrorMessage: reason === undefined ? message : `${reason}: ${message}`,
  };
}

/** The reason that {@link failedRecord} wrote; undefined where the message begins with none. */
export function reasonOfFailedRecord({ ErrorMessage }: FailedRecord): RoutingFailure | undefined {
  const word = ErrorMessage?.split(': ', 1)[0];
  return word !== undefined && Object.hasOwn(ROUTING_FAILURES, word) ? (word as RoutingFailure) : undefined;
}
