/**
 * The first records of a lab's journal: what it runs on and what the fleet is, as the kernel and the templates say.
 * Pure, but for looking at the host.
 */
import { cpus, release, totalmem } from 'node:os';
import type { ArmSettings, RunRecord } from '@fleetfall/journal/records.ts';
import { JOURNAL_VERSION } from '@fleetfall/journal/records.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { ArmEntry } from '../method/recorder.ts';
import type { LabBoot } from './lab-boot.ts';

/** The hour that discovery takes at most in the incident. */
const INCIDENT_DISCOVERY_MS = 3_600_000;

export function runRecordOf(
  { runId, seed }: LabBoot,
  frontEnd: FrontEndSettings,
  { cgroupVersion }: KernelCounters,
  version: string,
): RunRecord {
  return {
    kind: 'run',
    version: JOURNAL_VERSION,
    experiment: 'lab',
    runId,
    seed,
    runtime: 'docker',
    runtimeReason: 'a compose lab: its members were started by hand',
    size: 'lab',
    trial: { number: 1, of: 1 },
    timeScale: INCIDENT_DISCOVERY_MS / frontEnd.discoveryDelayMaxMs,
    host: {
      kernel: release(),
      cores: cpus().length,
      memoryBytes: totalmem(),
      node: process.versions.node,
      cgroupVersion,
      engine: null,
    },
    fleetfall: version,
  };
}

/** @param found the fleet as it was found: the kernel's limit on a front-end, and how many there were. */
export function armRecordOf(
  { settings }: LabBoot,
  frontEnd: FrontEndSettings,
  found: { readonly pidsMax: number; readonly frontEnds: number; readonly backEnds: number },
): ArmEntry {
  const { shards, ratePerSecond, recordBytes, sampleIntervalMs } = settings;
  const armSettings: ArmSettings = {
    pidsMax: found.pidsMax,
    frontEndsBefore: found.frontEnds,
    // Nobody knows how far it will be scaled.
    frontEndsMax: found.frontEnds,
    backEnds: found.backEnds,
    shards,
    ratePerSecond,
    recordBytes,
    sampleIntervalMs,
    frontEnd,
  };
  return {
    kind: 'arm',
    title: null,
    // What the lab is there for; a class that never scales it up is told that it did not come.
    expect: { kind: 'outage', signature: 'thread-refused', atSize: null },
    method: ['addition', 'removal', 'restart'],
    settings: armSettings,
  };
}
