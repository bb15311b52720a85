/**
 * Does a verb on a running fleet, by the same call that a script would make, and says what came of it.
 */
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { FleetStatus, RunningFleet } from '../api/running-fleet.ts';
import type { VerbRequest } from './messages.ts';

/** What a verb answers: what it did, and how the fleet stands after it. */
export interface VerbAnswer {
  readonly fleet: string;
  readonly verb: VerbRequest['verb'];
  /** Front-ends that were removed. */
  readonly removed: readonly string[];
  /** What became of each fault that was put into force or lifted. */
  readonly outcomes: readonly FaultOutcome[];
  readonly status: FleetStatus;
  /** The commitment of a drill whose cause is sealed: then counts against limits, and faults, are left out. */
  readonly sealed: string | null;
}

export type FleetRequest = Exclude<VerbRequest, { verb: 'down' | 'reveal' }>;

/** @throws SettingsError when the request is wrong, and what a call of the fleet throws. */
export async function doVerb(name: string, fleet: RunningFleet, request: FleetRequest): Promise<VerbAnswer> {
  const { removed = [], outcomes = [] } = await act(fleet, request);
  return { fleet: name, verb: request.verb, removed, outcomes, status: fleet.status(), sealed: null };
}

type Done = Partial<Pick<VerbAnswer, 'removed' | 'outcomes'>>;

async function act(fleet: RunningFleet, request: FleetRequest): Promise<Done> {
  switch (request.verb) {
    case 'await-up':
    case 'status':
      return {};
    case 'grow':
      await fleet.grow(request.grow as never);
      return {};
    case 'shrink':
      return { removed: await fleet.shrink(request.which as never) };
    case 'restart':
      await fleet.restart(request.which as never);
      return {};
    case 'deploy':
      await fleet.deploy(request.fields as never);
      return {};
    case 'set-limit':
      return { outcomes: [await fleet.setLimit(request.pidsMax, request.which as never)] };
    case 'kill':
      return { outcomes: [await fleet.kill(request.which as never)] };
    case 'pause':
      return { outcomes: [await fleet.pause(request.which as never)] };
    case 'partition':
      return { outcomes: [await fleet.partition(request.which as never, request.from as never)] };
    case 'slow':
      return { outcomes: [await fleet.slow(request.which as never, request.how as never)] };
    case 'unpause':
      return { outcomes: await fleet.resume(request.member) };
    case 'heal':
      return { outcomes: await fleet.heal(request.fault) };
    case 'settle':
      await fleet.settle(request.until as never);
      return {};
  }
}
