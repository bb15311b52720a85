/** A fleet that scripts of tests start: the smallest that falls, in seconds, on the runtime that every host has. */
export const SMALL_FLEET = {
  runtime: 'cgroup',
  frontEnds: 3,
  pidsMax: 14,
  backEnds: 1,
  shards: 16,
  sampleInterval: '250ms',
  discoveryDelayMax: '500ms',
  buildInterval: '500ms',
  shardMapMaxAge: '1200ms',
} as const;
