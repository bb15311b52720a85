/**
 * The flags that stand for fields of an experiment, so that the fields that are flipped most need no `--set`.
 */

/** A flag of the command line, and the field that it sets. */
export interface FieldFlag {
  /** As commander reads it: `--pids-max <count>`. */
  readonly usage: string;
  readonly path: string;
  readonly help: string;
  /** Taken as it is written, though it may look like a number. */
  readonly isText?: true;
}

export const FIELD_FLAGS: readonly FieldFlag[] = [
  {
    usage: '--runtime <name>',
    path: 'runtime',
    help: 'auto, docker, compose or cgroup (auto: docker when an engine answers, else cgroup)',
  },
  {
    usage: '--expect <outcome>',
    path: 'arms.main.expect',
    help: 'outage or healthy: what the run has to show to exit 0',
  },
  {
    usage: '--until <phase>',
    path: 'until',
    help: 'end after this phase, such as outage; the verdict is on what there is',
    isText: true,
  },
  {
    usage: '--stretch <factor>',
    path: 'stretch',
    help: "what the fleet's times are multiplied by, or 'measured': by what this host is slower",
  },
  { usage: '--trials <count>', path: 'trials', help: 'how often all arms are run' },
  { usage: '--seed <text>', path: 'seed', help: 'seed of every random choice', isText: true },
  {
    usage: '--rate <rate>',
    path: 'load.rate',
    help: 'requests offered, such as 300/s, a ramp 100/s..2000/s, steps 100/s,400/s',
  },
  { usage: '--pids-max <count>', path: 'fleet.pidsMax', help: "pids.max of each front-end's cgroup" },
  { usage: '--front-ends <count>', path: 'fleet.frontEnds', help: 'front-ends before the addition' },
  {
    usage: '--front-ends-max <count>',
    path: 'fleet.frontEndsMax',
    help: 'front-ends that growth may come to',
  },
  { usage: '--back-ends <count>', path: 'fleet.backEnds', help: 'back-ends that hold the shards' },
  { usage: '--shards <count>', path: 'fleet.shards', help: 'shards of the stream' },
  {
    usage: '--peer-links <how>',
    path: 'fleet.peerLinks',
    help: 'thread-per-peer, thread-pool or event-loop',
  },
  {
    usage: '--threads-per-peer <count>',
    path: 'fleet.threadsPerPeer',
    help: 'worker threads for each other front-end',
  },
  {
    usage: '--link-pool-threads <count>',
    path: 'fleet.linkPoolThreads',
    help: 'threads of the pool that carries all links (thread-pool)',
  },
  { usage: '--uv-threads <count>', path: 'fleet.uvThreads', help: "threads of each front-end's libuv pool" },
  { usage: '--construction-thread <how>', path: 'fleet.constructionThread', help: 'on-demand or resident' },
  {
    usage: '--aged-map <how>',
    path: 'fleet.agedMap',
    help: 'refuse or serve: what becomes of a shard-map past its age',
  },
  {
    usage: '--missing-peer <how>',
    path: 'fleet.missingPeer',
    help: 'failsBuild or partial: construction without word from a known peer',
  },
  {
    usage: '--on-build-failure <how>',
    path: 'fleet.onBuildFailure',
    help: 'stop or retry: after a failed construction',
  },
  {
    usage: '--discovery-delay-max <duration>',
    path: 'fleet.discoveryDelayMax',
    help: "how long members take to learn of others (the incident's hour)",
  },
  {
    usage: '--build-interval <duration>',
    path: 'fleet.buildInterval',
    help: "from one shard-map construction's beginning to the next's, at most",
  },
  {
    usage: '--shard-map-max-age <duration>',
    path: 'fleet.shardMapMaxAge',
    help: 'age past which a shard-map is refused',
  },
];

/** The flag itself: `--pids-max <count>` → `--pids-max`. */
export function flagName({ usage }: FieldFlag): string {
  return usage.split(' ')[0] as string;
}
