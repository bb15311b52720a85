/**
 * The store's Prometheus metrics, read from its state at each scrape, so that nothing is counted twice.
 */
import type { MetadataState } from '@fleetfall/protocol/member-state.ts';
import { Counter, Gauge, Registry, type RegistryContentType } from '@prometheus-io/client';

export function createMetadataMetrics(state: () => MetadataState, format?: RegistryContentType): Registry {
  const registry = new Registry(format);
  const registers = [registry];

  function gauge(name: string, help: string, read: (now: MetadataState) => number | null | undefined): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(state()) ?? Number.NaN);
      },
    });
  }

  gauge(
    'process_threads',
    'Threads and processes in the cgroup (pids.current).',
    ({ kernel }) => kernel?.tasks,
  );
  gauge('fleet_membership_version', 'Version of the membership.', (now) => now.membershipVersion);
  gauge('fleet_configuration_version', 'Version of the configuration.', (now) => now.configurationVersion);
  gauge('fleet_members', 'Members that hold a lease.', ({ members }) => members);
  new Counter({
    name: 'fleet_metadata_requests_total',
    help: 'Requests for membership, configuration and changes of either.',
    registers,
    collect() {
      this.reset();
      this.inc(state().requests);
    },
  });
  return registry;
}
