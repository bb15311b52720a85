/**
 * The balancer of a fleet that has one: what it is started from, and where requests through it are sent.
 */
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import { BALANCER_ID } from '@fleetfall/protocol/balancer-stdio.ts';
import type { Target } from '@fleetfall/protocol/load-stdio.ts';
import { MEMBER_PORT, type MemberSpec, type RuntimeFleet } from '../runtime/runtime.ts';

export const BALANCER: MemberSpec = {
  memberId: BALANCER_ID,
  role: 'balancer',
  pidsMax: null,
  durable: false,
};

/** The hosts, besides their own, under which requests come to a fleet's front-ends. */
export function hostsBefore(fleet: RuntimeFleet, { through }: FleetLayout): readonly string[] {
  return through === 'balancer' ? [fleet.place(BALANCER).reachableAs] : [];
}

/** Where the load sends to when it goes through the balancer: the host by which front-ends know it too. */
export function balancerTarget(fleet: RuntimeFleet): Target {
  // Of whom it chose nothing is known: those who ask by cohort leave it out (`claims/load-evidence.ts`).
  const { memberId } = BALANCER;
  return { memberId, cohort: 'incumbent', host: fleet.place(BALANCER).reachableAs, port: MEMBER_PORT };
}
