/**
 * The routes that every member has: `/healthz`, `/readyz`, `/debug/totals`, `/debug/state`, `/metrics`. None of them needs a
 * thread, so they answer at the limit too: alive and unable to route is what the incident looked like.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  HEALTH_PATH,
  type KernelCounters,
  METRICS_PATH,
  type MemberState,
  READY_PATH,
  STATE_PATH,
  TOTALS_PATH,
} from '@fleetfall/protocol/member-state.ts';
import { Registry, type RegistryContentType } from '@prometheus-io/client';
import { openKernelCounters, ownPidsCgroup } from './kernel-counters.ts';
import { sendJson } from './listener.ts';
import { metricsFormat } from './metrics-format.ts';

export interface StateRoutesOptions {
  /** The member's state as it is now. */
  readonly state: () => MemberState;
  /** What `/debug/state` says besides. @default nothing */
  readonly detail?: () => object;
  readonly ready: () => boolean;
  /** Makes the member's metrics. The library renames counters for good in one format, so each has a registry of its own. */
  readonly metrics: (format: RegistryContentType) => Registry;
}

/** Answers a request when it is for one of the common routes. */
export type StateRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export function stateRoutes({ state, detail, ready, metrics }: StateRoutesOptions): StateRoutes {
  const formats = [Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE];
  const registries = new Map<string, Registry>(formats.map((format) => [format, metrics(format)]));
  return async (request, response) => {
    if (request.method !== 'GET') return false;
    switch (request.url) {
      case HEALTH_PATH:
        sendJson(response, 200, { alive: true });
        return true;
      case READY_PATH:
        sendJson(response, ready() ? 200 : 503, { ready: ready() });
        return true;
      case TOTALS_PATH:
        sendJson(response, 200, state());
        return true;
      case STATE_PATH:
        sendJson(response, 200, { ...state(), ...detail?.() });
        return true;
      case METRICS_PATH: {
        const format = metricsFormat(request.headers.accept);
        const text = await registries.get(format)?.metrics();
        response.writeHead(200, { 'content-type': format, vary: 'accept' });
        response.end(text);
        return true;
      }
      default:
        return false;
    }
  };
}

/** A reader of the calling process's own kernel counters; it answers null where there are none. */
export function ownKernelReader(): () => KernelCounters | null {
  const cgroup = ownPidsCgroup();
  return cgroup === null ? () => null : openKernelCounters(cgroup);
}
