/**
 * The fleet of an experiment: its sizes, its limit, and every assumption about what AWS never disclosed. What is not
 * said is a fleet of the incident's kind and size, for two cores and 4 GB.
 */
import { LOAD_LIMITS } from '@fleetfall/protocol/load-stdio.ts';
import { UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import { z } from 'zod';
import {
  count,
  duration,
  flag,
  keyDistribution,
  percent,
  rates,
  bytes as size,
  spike,
  word,
} from './fields.ts';

/** The assumptions that a front-end runs on, and its times; `deploy` can change them while the fleet runs. */
export const assumptionFields = {
  peerLinks: word('thread-per-peer', 'thread-pool', 'event-loop').meta({
    description: 'where the threads go: one for each other front-end (the incident), a bounded pool, or none',
  }),
  threadsPerPeer: count(1, 16).meta({ description: 'worker threads for each other front-end' }),
  linkPoolThreads: count(1, 64).meta({
    description: 'threads of the pool that carries all links (thread-pool)',
  }),
  constructionThread: word('on-demand', 'resident').meta({
    description: 'whether the thread that constructs a shard-map is made for it and let go, or kept',
  }),
  agedMap: word('refuse', 'serve').meta({ description: 'what becomes of a shard-map past its age' }),
  missingPeer: word('failsBuild', 'partial').meta({
    description: 'a construction without word from some known peer fails, or goes on without its slices',
  }),
  onBuildFailure: word('stop', 'retry').meta({ description: 'what follows a failed construction' }),
  discoveryDelayMax: duration(200, 600_000).meta({
    description: "the longest a member takes to learn of others: the incident's hour, compressed",
  }),
  buildInterval: duration(200, 60_000).meta({
    description: "from one shard-map construction's beginning to the next's, at most",
  }),
  shardMapMaxAge: duration(400, 600_000).meta({ description: 'age past which a shard-map is refused' }),
} as const;

export const fleetSchema = z.strictObject({
  frontEnds: count(3, 100)
    .default(12)
    .meta({ description: 'front-ends before anything is done to the fleet' }),
  frontEndsMax: count(4, 120).default(24).meta({ description: 'front-ends that growth may come to' }),
  backEnds: count(1, 8).default(2).meta({ description: 'back-ends that hold the shards' }),
  shards: count(1, LOAD_LIMITS.shardsMax).default(256).meta({ description: 'shards of the stream' }),
  pidsMax: count(1, 4_096).default(24).meta({ description: "pids.max of each front-end's cgroup" }),
  sampleInterval: duration(100, 10_000)
    .prefault('400ms')
    .meta({ description: "how often every member's kernel counters are read" }),
  peerLinks: assumptionFields.peerLinks.default('thread-per-peer'),
  threadsPerPeer: assumptionFields.threadsPerPeer.default(1),
  linkPoolThreads: assumptionFields.linkPoolThreads.default(4),
  constructionThread: assumptionFields.constructionThread.default('on-demand'),
  agedMap: assumptionFields.agedMap.default('refuse'),
  missingPeer: assumptionFields.missingPeer.default('partial'),
  onBuildFailure: assumptionFields.onBuildFailure.default('stop'),
  uvThreads: count(1, 128)
    .default(UV_THREADS_OTHERWISE)
    .meta({ description: "threads of each front-end's libuv pool, which are a part of its base" }),
  discoveryDelayMax: assumptionFields.discoveryDelayMax.prefault('800ms'),
  buildInterval: assumptionFields.buildInterval.prefault('800ms'),
  shardMapMaxAge: assumptionFields.shardMapMaxAge.prefault('2s'),
});
/** A fleet as it was read: durations in milliseconds. */
export type FleetFields = z.output<typeof fleetSchema>;

export const loadSchema = z.strictObject({
  rate: rates(1, LOAD_LIMITS.ratePerSecondMax).prefault('300/s').meta({
    description:
      'requests offered, on an open schedule: 300/s, a ramp 100/s..2000/s, or steps 100/s,200/s,400/s of equal length; the last rate goes on',
  }),
  over: duration(1, 86_400_000)
    .optional()
    .meta({ description: 'how long a ramp or steps take; a minute when it is not said' }),
  spike: spike(1, LOAD_LIMITS.ratePerSecondMax)
    .optional()
    .meta({ description: 'another rate for a while, since the load began: 2000/s@10s+2s' }),
  arrivals: word('even', 'poisson').default('even').meta({
    description: 'requests evenly spaced, or as of many users who know nothing of one another',
  }),
  recordSize: size(LOAD_LIMITS.recordBytesMin, 50_000)
    .prefault('512B')
    .meta({ description: 'size of a record' }),
  client: word('raw', 'sdk')
    .default('raw')
    .meta({ description: 'one attempt a call, or the AWS SDK with its own retries and token bucket' }),
  balance: word('round-robin', 'sticky')
    .default('round-robin')
    .meta({ description: 'to each ready front-end in turn, or to one until it is no longer ready' }),
  through: word('direct', 'balancer').default('direct').meta({
    description:
      'to the front-ends that the membership names, or to one endpoint before them: a balancer of connections that checks their health; balance is then its own',
  }),
  batch: count(1, 500).default(1).meta({ description: 'records in a put; above 1 it is PutRecords' }),
  keys: keyDistribution.prefault('uniform').meta({
    description:
      'partition keys of the puts: uniform, zipf:1.1 (by popularity), or hot:20% (so many to one key)',
  }),
  reads: percent
    .prefault('0%')
    .meta({ description: 'of the calls, so many read, shard after shard; the others put' }),
  verify: flag.default(false).meta({
    description:
      'whether every shard is read to its end when the load has ended, and no acknowledged record may be lost; a .history file beside the journal has what became of every write then',
  }),
});
