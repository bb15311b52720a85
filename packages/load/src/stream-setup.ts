/**
 * Makes the stream, and waits until every front-end routes it: a record is put through each front-end to some
 * shards over the whole ring. So what fails under the load that follows is not the fleet still warming up. The
 * records are no part of the load's history.
 */
import type { LoadCommand } from '@fleetfall/protocol/load-stdio.ts';
import { waitUnlessAborted } from './abortable-wait.ts';
import { forEachBounded } from './bounded-concurrency.ts';
import { PatientCallError, type PatientCaller } from './patient-call.ts';
import { listShards, type Shard } from './shards.ts';
import type { TargetLink, Targets } from './targets.ts';

/** Puts under way at once: enough to warm 20 front-ends and 16 shards in a second, and no burst. */
const WARM_UP_CONCURRENCY = 16;
/** Shards that are tried through each front-end, spread over the ring: all would be a burst in a large stream. */
const WARM_UP_SHARDS_MAX = 8;
const STATUS_INTERVAL_MS = 100;
const WARM_UP_DATA = Buffer.from('fleetfall warm-up').toString('base64');

/**
 * Makes `stream` ready. A stream that is there already counts as made.
 * @param signal ends the attempt; the error then tells what was still missing.
 * @throws Error when it cannot be made, or is not ready when `signal` aborts.
 */
export async function makeStreamReady(
  { stream, shards }: Extract<LoadCommand, { op: 'create-stream' }>,
  targets: Targets,
  caller: PatientCaller,
  signal: AbortSignal,
): Promise<void> {
  await createStream(stream, shards, caller, signal);
  await untilActive(stream, caller, signal);
  const listed = await listShards(caller, stream, signal);
  if (listed.length !== shards)
    throw new Error(`stream '${stream}' must have ${shards} shards: current value is ${listed.length}`);
  await untilRouted(stream, spreadOver(listed, WARM_UP_SHARDS_MAX), targets, caller, signal);
}

async function createStream(
  stream: string,
  shards: number,
  caller: PatientCaller,
  signal: AbortSignal,
): Promise<void> {
  try {
    await caller.call('CreateStream', { StreamName: stream, ShardCount: shards }, signal);
  } catch (error) {
    // An earlier try may have been carried out although its answer was lost.
    const isThere = error instanceof PatientCallError && error.failure?.outcome === 'ResourceInUseException';
    if (!isThere) throw error;
  }
}

async function untilActive(stream: string, caller: PatientCaller, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { StreamDescriptionSummary: summary } = await caller.call(
      'DescribeStreamSummary',
      { StreamName: stream },
      signal,
    );
    if (summary.StreamStatus === 'ACTIVE') return;
    await waitUnlessAborted(STATUS_INTERVAL_MS, signal);
  }
  throw new Error(`stream '${stream}' is not yet ACTIVE`);
}

/** At most `countMax` of the items, at even distances. */
function spreadOver<Item>(items: readonly Item[], countMax: number): Item[] {
  const step = Math.max(1, items.length / countMax);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Front-ends that join while this goes on are warmed too; those that leave are let go. */
async function untilRouted(
  stream: string,
  shards: readonly Shard[],
  targets: Targets,
  caller: PatientCaller,
  signal: AbortSignal,
): Promise<void> {
  const warmed = new Set<TargetLink>();
  for (;;) {
    const cold = targets.all().filter((link) => !warmed.has(link));
    if (cold.length === 0 && warmed.size > 0) return;
    if (cold.length === 0) throw new Error('there is no front-end to put a record through');
    const pairs = cold.flatMap((link) => shards.map((shard) => ({ link, shard })));
    await forEachBounded(pairs, WARM_UP_CONCURRENCY, async ({ link, shard }) => {
      const input = {
        StreamName: stream,
        Data: WARM_UP_DATA,
        PartitionKey: 'warm-up',
        ExplicitHashKey: shard.HashKeyRange.StartingHashKey,
      };
      const interest = AbortSignal.any([signal, link.left]);
      try {
        await caller.call('PutRecord', input, interest, () => link);
      } catch (error) {
        if (link.left.aborted) return;
        const { memberId } = link.target;
        throw new Error(`front-end ${memberId} does not route ${shard.ShardId}: ${textOf(error)}`, {
          cause: error,
        });
      }
    });
    for (const link of cold) warmed.add(link);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
