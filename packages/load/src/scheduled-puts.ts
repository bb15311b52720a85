/**
 * One schedule of puts, and reads between them, through the fleet's front-ends, as a user's client would send them: the engine, the
 * front-ends that are ready and the history put together, with a `load` record for each window.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import { LOAD_WINDOW_MS, type LoadCommand } from '@fleetfall/protocol/load-stdio.ts';
import { profileFor, type RateProfile, requestsOf } from '@fleetfall/protocol/rate-profile.ts';
import type { WriteHistory } from './history.ts';
import { kinesisRequests } from './kinesis/requests.ts';
import { kinesisWorkload, type WriteKeeper } from './kinesis/workload.ts';
import { type RunningLoop, startOpenLoop, type WindowRecord } from './open-loop.ts';
import { evenArrivals, poissonArrivals } from './schedule/arrivals.ts';
import { rawKinesis } from './senders/raw-kinesis.ts';
import type { MakeSdkSender } from './senders/sdk-kinesis.ts';
import type { Targets } from './targets.ts';

/** As an application has it that sets nothing: three attempts. The fleet's secret is what lets it in. */
const SDK_OPTIONS = {
  attemptsMax: 3,
  connectionsMax: 64,
  signing: { credentials: { accessKeyId: 'fleetfall', secretAccessKey: 'fleetfall' }, region: 'us-east-1' },
} as const;

export interface PutParts {
  readonly targets: Targets;
  readonly secret: string;
  readonly history: WriteHistory;
  /** Hears of every write too; its serial numbers are the history's. */
  readonly told: WriteKeeper | null;
  /** Names the writes of this load. */
  readonly writer: string;
  readonly seed: string;
  /** Now, on the history's clock: whole milliseconds since the load began. */
  readonly nowMs: () => number;
  readonly onWindow: (window: WindowRecord) => void;
}

export interface RunningPuts extends RunningLoop {
  readonly stream: string;
}

/** What is started. */
export type PutPlan = Extract<LoadCommand, { op: 'start' }>;

/**
 * The most writes that a schedule may come to: every call might write, and calls that come at random come a few more
 * than the profile says (a hundredth of 10,000 is ten standard deviations; of fewer a thousand more is).
 */
export function writesAtMost(plan: PutPlan): number {
  const requests = requestsOf(profileOf(plan));
  const chance = plan.arrivals === 'poisson' ? Math.max(1_000, requests * 0.01) : 0;
  return Math.ceil(requests + chance) * (plan.batch ?? 1);
}

function profileOf({ stages, ratePerSecond, durationMaxMs }: PutPlan): RateProfile {
  return profileFor(stages ?? [], ratePerSecond, durationMaxMs);
}

/**
 * Starts a schedule. Windows are told until the last request has ended.
 * @param shardIds where reads go; needed by a plan that reads.
 * @param sdk for a plan with `client: 'sdk'`, else null.
 */
export function startPuts(
  plan: PutPlan,
  parts: PutParts,
  shardIds: readonly string[],
  sdk: MakeSdkSender | null,
): RunningPuts {
  const { targets, history, told, nowMs } = parts;
  const keeper: WriteKeeper = {
    begin(key) {
      told?.begin(key);
      return history.begin(nowMs());
    },
    acknowledge(serial, shardId, sequenceNumber) {
      told?.acknowledge(serial, shardId, sequenceNumber);
      history.acknowledge(serial, shardId, sequenceNumber, nowMs());
    },
    refuse(serial) {
      told?.refuse(serial);
      history.refuse(serial);
    },
  };
  const workload = kinesisWorkload(
    {
      stream: plan.stream,
      readFraction: plan.readFraction ?? 0,
      shardIds,
      batch: plan.batch ?? 1,
      recordBytes: plan.recordBytes,
      keys: plan.keys ?? { kind: 'uniform' },
      // A schedule that goes on where another ended draws other keys than it.
      seed: `${parts.seed}/${history.count}`,
      writer: parts.writer,
    },
    keeper,
  );
  const nextRoute = plan.balance === 'sticky' ? targets.sticky : targets.next;
  const fields = accessHeaders(parts.secret);
  const sdkSender = sdk?.(nextRoute, { ...SDK_OPTIONS, fields }, workload);
  const loop = startOpenLoop(
    {
      arrivals:
        plan.arrivals === 'poisson'
          ? poissonArrivals(profileOf(plan), parts.seed)
          : evenArrivals(profileOf(plan)),
      beginAtMs: performance.now(),
      inFlightMax: plan.inFlightMax,
      timeoutMs: plan.timeoutMs,
      windowMs: LOAD_WINDOW_MS,
    },
    {
      launch: sdkSender?.launch ?? rawKinesis(nextRoute, kinesisRequests(fields), workload),
      targetsReady: targets.readyCount,
      onWindow: parts.onWindow,
    },
  );
  void loop.over.then(() => sdkSender?.[Symbol.dispose]());
  const endLoop = loop[Symbol.dispose];
  return Object.assign(loop, {
    stream: plan.stream,
    [Symbol.dispose]() {
      endLoop();
      sdkSender?.[Symbol.dispose]();
    },
  });
}
