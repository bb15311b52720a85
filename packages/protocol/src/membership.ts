/**
 * What the metadata store says over HTTP: who is a member (under a lease), which streams and shards there are,
 * and which back-end each shard is assigned to. Shapes and paths only; the store keeps them, members read them.
 */
import type { HashKeyRange } from './hash-key.ts';

/** The roles that hold a membership lease. */
export type MemberRole = 'front-end' | 'back-end';

/** Where a member listens: a host name or IP address and a TCP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** One member as the store lists it. `incarnation` changes with each start of the process. */
export interface Member extends Endpoint {
  readonly memberId: string;
  readonly role: MemberRole;
  readonly incarnation: string;
}

/** The membership at one version. The version rises with each join, leave and expiry. */
export interface MembershipView {
  readonly version: number;
  readonly members: readonly Member[];
}

/** `POST {@link METADATA_PATHS.heartbeat}`: registers the member, or renews its lease. */
export type HeartbeatRequest = Member;

/** The answer to a heartbeat: how long the lease lasts, and the versions the member may want to catch up with. */
export interface HeartbeatResponse {
  readonly leaseMs: number;
  readonly membershipVersion: number;
  readonly configurationVersion: number;
}

/** One shard of a stream, with the back-end it is assigned to. */
export interface ShardConfiguration extends HashKeyRange {
  readonly shardId: string;
  readonly backEndId: string;
}

/** One stream with all its shards, ordered by their starting hash key. */
export interface StreamConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly shards: readonly ShardConfiguration[];
}

/** All streams at one version. The version rises with each change. */
export interface Configuration {
  readonly version: number;
  readonly streams: readonly StreamConfiguration[];
}

/** `POST {@link METADATA_PATHS.streams}`: makes a stream, its shards spread over the live back-ends. */
export interface CreateStreamRequest {
  readonly name: string;
  readonly shardCount: number;
}

/** `POST {@link METADATA_PATHS.leave}`: gives the lease up. Ignored when another incarnation holds it by now. */
export interface LeaveRequest {
  readonly memberId: string;
  readonly incarnation: string;
}

/** Paths of the metadata store. `membership` and `configuration` answer 304 to a matching `if-none-match: "<version>"`. */
export const METADATA_PATHS = {
  heartbeat: '/v1/heartbeat',
  leave: '/v1/leave',
  membership: '/v1/membership',
  configuration: '/v1/configuration',
  streams: '/v1/streams',
} as const;

/** An error of the metadata store: HTTP 4xx/5xx with this body. */
export interface MetadataErrorBody {
  readonly code: 'ResourceInUse' | 'InvalidArgument' | 'NoBackEnd' | 'NotFound';
  readonly message: string;
}
