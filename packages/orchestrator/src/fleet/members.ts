/**
 * The members of a fleet, by name: what each is started from and the boot line that makes it that role.
 */
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import {
  backEndName,
  frontEndName,
  LOAD_NAME,
  METADATA_NAME,
  OBSERVER_NAME,
} from '@fleetfall/experiment/member-names.ts';
import type {
  BackEndBoot,
  BootLine,
  FrontEndBoot,
  LoadBoot,
  MetadataBoot,
  ObserverBoot,
} from '@fleetfall/protocol/boot.ts';
import { MEMBER_PORT, type MemberPlace, type MemberSpec, type RuntimeFleet } from '../runtime/runtime.ts';
import { hostsBefore } from './balancer-member.ts';

/** Leases go by the age that a map may have, so that a host that is given more time for one is for the other. */
const LEASES_OF_MAP_AGE = {
  /** How long a member may be silent before the metadata store drops it. */
  member: { share: 1.5, leastMs: 3_000 },
  /** How long a back-end vouches for its shards. */
  shard: { share: 0.75, leastMs: 1_500 },
} as const;
const PROBE_INTERVAL_MS = 500;

/** What every boot line of a fleet shares. */
export interface FleetIdentity {
  readonly runId: string;
  readonly secret: string;
  readonly seed: string;
}

/** Where members share a host's network each calls from where it listens; elsewhere its machine has one address. */
const callFrom = (place: MemberPlace) => (place.listenHost === 'own' ? {} : { callFrom: place.listenHost });
const listenAt = (place: MemberPlace) => ({ host: place.listenHost, port: MEMBER_PORT });
const METADATA_ID = METADATA_NAME;

export const METADATA: MemberSpec = { memberId: METADATA_ID, role: 'metadata', pidsMax: null, durable: true };
export const OBSERVER: MemberSpec = {
  memberId: OBSERVER_NAME,
  role: 'observer',
  pidsMax: null,
  durable: false,
};
export const LOAD: MemberSpec = { memberId: LOAD_NAME, role: 'load', pidsMax: null, durable: false };

export function backEndSpec(number: number): MemberSpec {
  return { memberId: backEndName(number), role: 'back-end', pidsMax: null, durable: true };
}

/** Front-ends are the ones under the limit: it is their threads that run out. */
export function frontEndSpec(number: number, { pidsMax, frontEnd }: FleetLayout): MemberSpec {
  const memberId = frontEndName(number);
  return { memberId, role: 'front-end', pidsMax, uvThreads: frontEnd.uvThreads, durable: false };
}

/** The boot line of a member. */
export function bootOf(
  identity: FleetIdentity,
  spec: MemberSpec,
  fleet: RuntimeFleet,
  layout: FleetLayout,
): BootLine {
  switch (spec.role) {
    case 'metadata':
      return metadataBoot(identity, fleet.place(spec), layout);
    case 'observer':
      return observerBoot(identity, fleet.place(spec), layout.sampleIntervalMs);
    case 'load':
      return loadBoot(identity, fleet.place(spec));
    case 'back-end':
      return backEndBoot(identity, spec, fleet, layout);
    case 'balancer':
      return balancerBoot(identity, spec, fleet);
    case 'front-end':
      return frontEndBoot(identity, spec, fleet, layout);
  }
}

function leaseMs(of: keyof typeof LEASES_OF_MAP_AGE, { frontEnd }: FleetLayout): number {
  const { share, leastMs } = LEASES_OF_MAP_AGE[of];
  return Math.max(leastMs, Math.round(share * frontEnd.shardMapMaxAgeMs));
}

function metadataBoot(
  { runId, secret }: FleetIdentity,
  place: MemberPlace,
  layout: FleetLayout,
): MetadataBoot {
  return {
    role: 'metadata',
    runId,
    secret,
    memberId: METADATA_ID,
    listen: listenAt(place),
    dataDir: place.dataDir,
    settings: { memberLeaseMs: leaseMs('member', layout) },
  };
}

function backEndBoot(
  { runId, secret }: FleetIdentity,
  spec: MemberSpec,
  fleet: RuntimeFleet,
  layout: FleetLayout,
): BackEndBoot {
  const place = fleet.place(spec);
  return {
    role: 'back-end',
    runId,
    secret,
    memberId: spec.memberId,
    listen: listenAt(place),
    ...callFrom(place),
    metadata: metadataEndpoint(fleet),
    dataDir: place.dataDir,
    settings: { leaseMs: leaseMs('shard', layout) },
  };
}

function frontEndBoot(
  identity: FleetIdentity,
  spec: MemberSpec,
  fleet: RuntimeFleet,
  arm: FleetLayout,
): FrontEndBoot {
  return {
    role: 'front-end',
    runId: identity.runId,
    secret: identity.secret,
    memberId: spec.memberId,
    listen: listenAt(fleet.place(spec)),
    ...callFrom(fleet.place(spec)),
    metadata: metadataEndpoint(fleet),
    settings: arm.frontEnd,
    seed: identity.seed,
    alsoKnownAs: hostsBefore(fleet, arm),
  };
}

function balancerBoot(
  { runId, secret }: FleetIdentity,
  spec: MemberSpec,
  fleet: RuntimeFleet,
): Extract<BootLine, { role: 'balancer' }> {
  const place = fleet.place(spec);
  const { memberId } = spec;
  return { role: 'balancer', runId, secret, memberId, listen: listenAt(place), ...callFrom(place) };
}

function observerBoot(
  { runId, secret }: FleetIdentity,
  place: MemberPlace,
  sampleIntervalMs: number,
): ObserverBoot {
  return {
    ...callFrom(place),
    role: 'observer',
    runId,
    secret,
    memberId: OBSERVER.memberId,
    sampleIntervalMs,
    probeIntervalMs: PROBE_INTERVAL_MS,
  };
}

function loadBoot({ runId, secret, seed }: FleetIdentity, place: MemberPlace): LoadBoot {
  return { ...callFrom(place), role: 'load', runId, secret, memberId: LOAD.memberId, seed };
}

function metadataEndpoint(fleet: RuntimeFleet) {
  return { host: fleet.place(METADATA).reachableAs, port: MEMBER_PORT };
}
