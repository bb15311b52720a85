/**
 * The service that an arm brings up on its fleet and drives: a mesh, a stream, load. What is waited for here is seen
 * by the observer or said by the load, never slept for.
 */
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import { requestTimeoutMs, roomMs } from '@fleetfall/experiment/load-fit.ts';
import { LOAD_LIMITS, type LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { type FrontEndState, isConstructing } from '@fleetfall/protocol/member-state.ts';
import { type FrontEndSettings, firstMapWaitMs } from '@fleetfall/protocol/settings.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetView } from '../fleet/fleet-view.ts';

export const STREAM = 'orders';
/** Requests under way at once: five seconds of the standard rate when every one of them hangs. */
const IN_FLIGHT_MAX = 2_000;
/** The load ends by itself, whatever becomes of the orchestrator; sooner where its history would be full. */
const LOAD_DURATION_MS_MAX = 60 * 60_000;
/**
 * Linking a fleet of the largest size that two cores bear, besides the times that its settings give it to learn and to
 * have a map.
 */
export const MESH_TIMEOUT_MS = 60_000;
const STREAM_TIMEOUT_MS = 30_000;
/** Members that are linked answer in some samples; a host that stands still for longer than this is none to measure on. */
const READ_TIMEOUT_MS = 15_000;
/** The load keeps to its time itself; its answer may be late on a machine that is busy. */
const ANSWER_SLACK_MS = 5_000;
/** How long a stream may be read: a fleet that is down answers nothing, and is asked no longer. */
const READ_BACK_TIMEOUT_MS = 30_000;
/** Stopping waits for what is under way: a request waits for its turn, and then for its answer. */
const STOP_TIMEOUT_MS = 2 * LOAD_LIMITS.requestTimeoutMsMax + ANSWER_SLACK_MS;

/**
 * Waits until every front-end knows all others, has every link open, and has a map.
 * @throws StepTimeoutError when they do not come so far.
 */
export async function meshed(fleet: Fleet, settings: FrontEndSettings): Promise<void> {
  const timeoutMs = MESH_TIMEOUT_MS + settings.discoveryDelayMaxMs + firstMapWaitMs(settings);
  const ids = fleet.frontEnds().map(({ member }) => member.spec.memberId);
  await fleet.view.until(
    `${ids.length} front-ends to link to one another and have a shard-map`,
    () => areMeshed(fleet.view, ids),
    timeoutMs,
    fleet.signal,
  );
}

/** Whether front-ends all know one another, have every link open, and have a map. */
export function areMeshed(view: FleetView, ids: readonly string[]): boolean {
  return ids.every((id) => isMeshed(view, id, ids));
}

function isMeshed(view: FleetView, id: string, ids: readonly string[]): boolean {
  const state = view.seen(id)?.state;
  return (
    state?.role === 'front-end' &&
    knowsAll(state, ids) &&
    state.links.open === state.links.wanted &&
    hasMap(state)
  );
}

function knowsAll(state: FrontEndState, ids: readonly string[]): boolean {
  return ids.every((id) => id === state.memberId || id in state.membership.learnedAtMs);
}

const hasMap = ({ shardMap }: FrontEndState): boolean => shardMap.ageMs !== null && !shardMap.aged;

/**
 * Waits until most front-ends were read since now while they constructed nothing: fewer are no measurement of a size.
 * @throws StepTimeoutError when they are not.
 */
export async function readQuiet(fleet: Fleet): Promise<void> {
  const ids = fleet.frontEnds().map(({ member }) => member.spec.memberId);
  const sinceMs = performance.now();
  const read = new Set<string>();
  await fleet.view.until(
    `most of ${ids.length} front-ends to be read while they construct nothing`,
    () => {
      for (const id of ids) if (isQuiet(fleet.view, id, sinceMs)) read.add(id);
      return read.size * 2 > ids.length;
    },
    READ_TIMEOUT_MS,
    fleet.signal,
  );
}

/** Whether the newest word of a front-end is of after a moment, and tells of no construction under way. */
function isQuiet(view: FleetView, id: string, sinceMs: number): boolean {
  const heard = view.lastHeard(id);
  const state = view.seen(id)?.state;
  if (heard === undefined || heard.unanswered !== null || heard.heardAtMs < sinceMs) return false;
  return state?.role === 'front-end' && !isConstructing(state);
}

/** Makes the stream, through the front-ends that there are and those that join while it is made. */
export async function createStream(fleet: Fleet, { shards, frontEnd }: FleetLayout): Promise<void> {
  const timeoutMs = STREAM_TIMEOUT_MS + firstMapWaitMs(frontEnd);
  fleet.load.tell({ op: 'create-stream', stream: STREAM, shards, timeoutMs });
  await fleet.load.next(isKind('stream-ready'), timeoutMs + ANSWER_SLACK_MS, fleet.signal);
}

/** Waits until every front-end knows an owner for every shard of the stream. */
export async function streamKnown(fleet: Fleet, { shards, frontEnd }: FleetLayout): Promise<void> {
  await fleet.view.until(
    `every front-end to have an owner for all ${shards} shards`,
    () =>
      fleet.view
        .frontEnds()
        .every(({ shardMap }) => shardMap.shards === shards && shardMap.completeness === 1),
    STREAM_TIMEOUT_MS + firstMapWaitMs(frontEnd),
    fleet.signal,
  );
}

/**
 * Starts the load; it goes on for an hour, or for as long as it can keep what it wrote. What is to be verified is told
 * write by write.
 * @param writtenBefore records that earlier loads of this fleet have sent.
 */
export function startLoad(fleet: Fleet, layout: FleetLayout, writtenBefore = 0): void {
  const { ratePerSecond, stages, arrivals, recordBytes, client, balance, batch, keys, readFraction } = layout;
  const history = layout.verifies;
  fleet.load.tell({
    op: 'start',
    stream: STREAM,
    ratePerSecond,
    stages,
    arrivals,
    recordBytes,
    client,
    balance,
    batch,
    keys,
    readFraction,
    history,
    inFlightMax: IN_FLIGHT_MAX,
    timeoutMs: requestTimeoutMs(layout.frontEnd),
    durationMaxMs: Math.min(LOAD_DURATION_MS_MAX, roomMs(layout, LOAD_LIMITS.writesMax - writtenBefore)),
  });
}

/** @returns what the load came to. */
export async function stopLoad(fleet: Fleet): Promise<Extract<LoadRecord, { kind: 'stopped' }>> {
  fleet.load.tell({ op: 'stop' });
  return fleet.load.next(isKind('stopped'), STOP_TIMEOUT_MS, fleet.signal);
}

/**
 * Stops the load and, where the layout says so, has it read back what was acknowledged. That nothing could be read is
 * in the journal, and judged: it breaks no run.
 * @returns what the load came to, and what it read back; null where it did not.
 */
export async function endLoad(
  fleet: Fleet,
  { verifies }: Pick<FleetLayout, 'verifies'>,
): Promise<{
  readonly totals: Extract<LoadRecord, { kind: 'stopped' }>;
  readonly readBack: Extract<LoadRecord, { kind: 'read-back' }> | null;
}> {
  const totals = await stopLoad(fleet);
  if (!verifies) return { totals, readBack: null };
  fleet.load.tell({ op: 'read-back', stream: STREAM, timeoutMs: READ_BACK_TIMEOUT_MS });
  const answer = await fleet.load.next(
    (record: LoadRecord): record is Extract<LoadRecord, { kind: 'read-back' | 'failed' }> =>
      record.kind === 'read-back' || (record.kind === 'failed' && record.op === 'read-back'),
    READ_BACK_TIMEOUT_MS + ANSWER_SLACK_MS,
    fleet.signal,
  );
  return { totals, readBack: answer.kind === 'read-back' ? answer : null };
}

function isKind<Kind extends LoadRecord['kind']>(kind: Kind) {
  return (record: LoadRecord): record is Extract<LoadRecord, { kind: Kind }> => record.kind === kind;
}
