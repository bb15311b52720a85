/** What one generator has to do, as plain data: it crosses to a thread as it stands. */

import type { RateProfile } from '@fleetfall/protocol/rate-profile.ts';
import type { Origin } from '../http/connection.ts';
import type { Fields } from '../http/request-text.ts';
import type { Signing } from '../kinesis/requests.ts';
import type { WorkloadPlan } from '../kinesis/workload.ts';
import type { PlainRequest } from '../senders/plain-http.ts';

export interface TargetPlan extends Origin {
  readonly path: string;
}

/** Calls of a Kinesis client. */
export interface KinesisPlan {
  readonly workload: Omit<WorkloadPlan, 'shardIds'>;
  /** `raw`: one attempt a call, straight on sockets. `sdk`: the AWS SDK with its own retries. */
  readonly client: 'raw' | 'sdk';
  readonly attemptsMax: number;
  readonly signing: Signing | null;
  readonly fields: Fields;
  /** Where the history of writes goes; null for none. Further generators add `.1`, `.2` and so on. */
  readonly historyPath: string | null;
}

export interface LoadPlan {
  readonly targets: readonly TargetPlan[];
  readonly request: PlainRequest | KinesisPlan;
  readonly profile: RateProfile;
  readonly arrivals: 'even' | 'poisson';
  readonly seed: string;
  readonly inFlightMax: number;
  readonly connectionsMax: number;
  readonly timeoutMs: number;
  readonly generators: number;
}

/** A generator's share of a plan. */
export interface GeneratorPlan {
  readonly load: LoadPlan;
  /** From 0 to `load.generators` − 1. */
  readonly generator: number;
  /** When the schedule begins, wall clock: all generators begin together. */
  readonly beginAtMs: number;
  /** Of the stream, where it is read. */
  readonly shardIds: readonly string[];
}
