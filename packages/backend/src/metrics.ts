/**
 * A back-end's Prometheus metrics, read from its state at each scrape, so that nothing is counted twice.
 */
import type { BackEndState } from '@fleetfall/protocol/member-state.ts';
import { Counter, Gauge, Registry, type RegistryContentType } from '@prometheus-io/client';

/** What the metrics show besides the state. */
export interface BackEndLoad {
  readonly connections: number;
  readonly watchers: number;
  readonly inFlight: number;
  readonly truncatedBytes: number;
}

type Now = BackEndState & BackEndLoad;

export function createBackEndMetrics(
  state: () => BackEndState,
  load: () => BackEndLoad,
  format?: RegistryContentType,
): Registry {
  const registry = new Registry(format);
  const registers = [registry];
  const now = (): Now => ({ ...state(), ...load() });

  function gauge(name: string, help: string, read: (now: Now) => number | null | undefined): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(now()) ?? Number.NaN);
      },
    });
  }

  function counter(name: string, help: string, read: (now: Now) => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read(now()));
      },
    });
  }

  gauge(
    'process_threads',
    'Threads and processes in the cgroup (pids.current).',
    ({ kernel }) => kernel?.tasks,
  );
  gauge('fleet_shards', 'Shards assigned to this back-end.', ({ shards }) => shards);
  gauge('fleet_lease_epoch', 'Starts of this back-end so far.', ({ leaseEpoch }) => leaseEpoch);
  gauge('fleet_connections', 'Connections of front-ends and probes.', ({ connections }) => connections);
  gauge('fleet_lease_watchers', 'Connections that leases are pushed to.', ({ watchers }) => watchers);
  gauge('fleet_appends_in_flight', 'Records that wait for the disk.', ({ inFlight }) => inFlight);
  gauge(
    'fleet_log_truncated_bytes',
    'Torn bytes that were cut off the log at the start.',
    ({ truncatedBytes }) => truncatedBytes,
  );
  counter('fleet_appended_records_total', 'Records on disk and acknowledged.', ({ appended }) => appended);
  counter(
    'fleet_log_commits_total',
    'Batches brought to disk, one fdatasync each.',
    ({ commits }) => commits,
  );
  counter(
    'fleet_failed_appends_total',
    'Records that the log did not take.',
    ({ failedAppends }) => failedAppends,
  );
  return registry;
}
