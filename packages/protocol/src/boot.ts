/**
 * The boot line: the first line on every member's standard input, one JSON object. It carries the run's secret,
 * which so lives in memory only: in no environment variable, argument or file. Standard input stays open for as
 * long as the one who started the member is there; its end ends the member.
 */
import type { Endpoint } from './membership.ts';
import type { BackEndSettings, FrontEndSettings, MetadataSettings } from './settings.ts';

/** Where a member listens. `host: 'own'` means the first address of its own that is not loopback. */
export interface ListenAt {
  readonly host: string | 'own';
  readonly port: number;
}

interface BootBase {
  readonly runId: string;
  readonly memberId: string;
  /** Guards every listener of the fleet: see `access.ts`. */
  readonly secret: string;
  /**
   * The address that the member calls others from, where members share a host's network: there a kernel's own choice
   * would be one address for all, and no rule of the network could tell them apart.
   */
  readonly callFrom?: string | undefined;
}

export interface MetadataBoot extends BootBase {
  readonly role: 'metadata';
  readonly listen: ListenAt;
  readonly dataDir: string;
  readonly settings: MetadataSettings;
}

export interface BackEndBoot extends BootBase {
  readonly role: 'back-end';
  readonly listen: ListenAt;
  readonly metadata: Endpoint;
  readonly dataDir: string;
  readonly settings: BackEndSettings;
}

export interface FrontEndBoot extends BootBase {
  readonly role: 'front-end';
  readonly listen: ListenAt;
  readonly metadata: Endpoint;
  readonly settings: FrontEndSettings;
  /** Seeds every random choice of the member. */
  readonly seed: string;
  /** Hosts besides its own under which requests come to it: of a balancer before it. */
  readonly alsoKnownAs?: readonly string[];
}

export interface ObserverBoot extends BootBase {
  readonly role: 'observer';
  /** How often every member's state and kernel counters are read. */
  readonly sampleIntervalMs: number;
  /** How often each back-end is probed directly. */
  readonly probeIntervalMs: number;
}

export interface LoadBoot extends BootBase {
  readonly role: 'load';
  readonly seed: string;
}

export interface BalancerBoot extends BootBase {
  readonly role: 'balancer';
  readonly listen: ListenAt;
}

export type BootLine = MetadataBoot | BackEndBoot | FrontEndBoot | ObserverBoot | LoadBoot | BalancerBoot;

/** Roles, each with its own boot line and its own entry point. */
export type Role = BootLine['role'];
