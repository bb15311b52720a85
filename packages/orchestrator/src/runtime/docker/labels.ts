/**
 * The labels on everything that a run makes on an engine: which run and fleet it is of, and who owns the run.
 */
import type { Owner } from '../owner.ts';

export const RUN_LABEL = 'fleetfall.run';
const FLEET_LABEL = 'fleetfall.fleet';
const HOST_LABEL = 'fleetfall.host';
const PID_LABEL = 'fleetfall.owner-pid';
const START_LABEL = 'fleetfall.owner-start';

export type Labels = Readonly<Record<string, string>>;

export function fleetLabels(owner: Owner, runId: string, fleet: string): Labels {
  return {
    [RUN_LABEL]: runId,
    [FLEET_LABEL]: fleet,
    [HOST_LABEL]: owner.host,
    [PID_LABEL]: String(owner.pid),
    [START_LABEL]: owner.start,
  };
}

/** The owner that labels name; null when they are not whole. */
export function ownerInLabels(labels: Labels | null | undefined): Owner | null {
  const host = labels?.[HOST_LABEL];
  const pid = Number(labels?.[PID_LABEL]);
  const start = labels?.[START_LABEL];
  return host === undefined || start === undefined || !Number.isInteger(pid) ? null : { host, pid, start };
}

/** A filter for the engine's lists: what one owner made. */
export function ofOwner({ host, pid, start }: Owner): { label: string[] } {
  return { label: [`${HOST_LABEL}=${host}`, `${PID_LABEL}=${pid}`, `${START_LABEL}=${start}`] };
}

/** A filter for the engine's lists: what one fleet made. */
export function ofFleet(runId: string, fleet: string): { label: string[] } {
  return { label: [`${RUN_LABEL}=${runId}`, `${FLEET_LABEL}=${fleet}`] };
}
