/**
 * A front-end's Prometheus metrics: its threads against their limit, the age of its shard-map, its links, and
 * what became of requests. Read from the state at each scrape, so that nothing is counted twice.
 */
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { Counter, Gauge, Registry, type RegistryContentType } from '@prometheus-io/client';

export function createFrontEndMetrics(state: () => FrontEndState, format?: RegistryContentType): Registry {
  const registry = new Registry(format);
  const registers = [registry];

  function gauge(name: string, help: string, read: (now: FrontEndState) => number | null | undefined): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(state()) ?? Number.NaN);
      },
    });
  }

  function counter(name: string, help: string, read: (now: FrontEndState) => number | undefined): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(state()) ?? 0);
      },
    });
  }

  gauge(
    'process_threads',
    'Threads and processes in the cgroup (pids.current).',
    ({ kernel }) => kernel?.tasks,
  );
  gauge('fleet_threads_limit', 'The limit on them (pids.max).', ({ kernel }) => kernel?.limit);
  counter(
    'fleet_pids_limit_hits_total',
    'Threads the kernel refused (pids.events max).',
    ({ kernel }) => kernel?.limitHits,
  );
  gauge('fleet_peer_links_wanted', 'Peer links that should be open.', ({ links }) => links.wanted);
  gauge('fleet_peer_links_open', 'Peer links that are open.', ({ links }) => links.open);
  gauge('fleet_shard_map_age_seconds', 'Age of the newest shard-map.', ({ shardMap }) =>
    shardMap.ageMs === null ? null : shardMap.ageMs / 1_000,
  );
  gauge('fleet_shard_map_aged', 'Whether that map is past its age (1) or not (0).', ({ shardMap }) =>
    Number(shardMap.aged),
  );
  gauge(
    'fleet_shard_map_completeness_ratio',
    'Share of shards with a known owner.',
    ({ shardMap }) => shardMap.completeness,
  );
  counter('fleet_shard_map_builds_total', 'Constructions begun.', ({ shardMap }) => shardMap.builds.started);
  counter(
    'fleet_shard_map_build_failures_total',
    'Constructions that failed.',
    ({ shardMap }) => shardMap.builds.failed,
  );
  counter('fleet_requests_routed_total', 'Requests answered by a back-end.', ({ routing }) => routing.routed);
  new Counter({
    name: 'fleet_routing_failures_total',
    help: 'Requests that could not be routed, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(state().routing.failed)) this.inc({ reason }, count);
    },
  });
  return registry;
}
