/**
 * What a kind of fault is made of: it is put into force with its way back registered first, and it can say what
 * shows that it is in force, or that it is no more.
 */
import type { Fault, FaultEvidence, FaultKind } from '@fleetfall/protocol/faults.ts';
import type { RuntimeFleet } from '../../runtime/runtime.ts';
import type { Crew, CrewMember } from '../crew.ts';
import type { FleetView } from '../fleet-view.ts';

export interface FaultContext {
  /** Unique in the fleet, `[a-z0-9-]`. */
  readonly faultId: string;
  readonly crew: Crew;
  readonly view: FleetView;
  readonly runtimeFleet: RuntimeFleet;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

/** A fault that was put into force. */
export interface InstalledFault {
  /** As in the outcome. */
  readonly means?: string;
  /**
   * Reads back what was done: the freezer, the limit, the rules.
   * @param inForce whether the fault is to be in force, or lifted.
   */
  readBack(inForce: boolean): Promise<readonly FaultEvidence[]>;
  /** Sees what it did: answers that stop, probes that fail. */
  seeEffect(inForce: boolean): Promise<readonly FaultEvidence[]>;
}

export interface FaultMaker<Kind extends FaultKind> {
  /** Whether the end of the fleet leaves nothing of it to lift. */
  readonly endsWithFleet: boolean;
  /**
   * Puts the fault into force.
   * @param wayBack what lifts it, registered before it is done.
   * @throws NoMeansError when this host, engine or kernel has no means for it.
   */
  install(
    fault: Extract<Fault, { kind: Kind }>,
    members: readonly CrewMember[],
    wayBack: AsyncDisposableStack,
    context: FaultContext,
  ): Promise<InstalledFault>;
}
