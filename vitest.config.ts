import { configDefaults, defineConfig } from 'vitest/config';

/** What starts fleets and drives them is more waited for than computed: two at a time. */
const IN_PAIRS = ['packages/*/test/in-pairs/**/*.test.ts', 'test/in-pairs/**/*.test.ts'];
/**
 * What measures, an outage as well as a figure held to some per cent, has the two cores to itself, and so has what prunes a
 * host: it would take what another file has left on purpose.
 */
const ALONE = ['packages/*/test/alone/**/*.test.ts', 'test/alone/**/*.test.ts'];
/**
 * Packages that keep nothing between two calls: their tests share a process, which costs less than their cases. Those of
 * the roles are of a whole process each: its priority, its threads.
 */
const SHARING_A_PROCESS = ['protocol', 'journal', 'experiment', 'claims', 'report', 'orchestrator'].map(
  (name) => `packages/${name}/test/**/*.test.ts`,
);

export default defineConfig({
  test: {
    pool: 'forks',
    // A small fleet takes some 30 s; on a slow host, which is given more time, twice that.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Of one file: loads that start together take one another's processor, say that they were late, and are asked again.
    maxConcurrency: 4,
    // A page or a process is waited for as long as a busy host may need; what is wrong stays wrong for as long.
    expect: { poll: { timeout: 20_000 } },
    // It imports JSON as bundlers let it and Node does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['packages/*/test/**/*.test.ts', 'test/*.test.ts'],
          exclude: [...configDefaults.exclude, ...IN_PAIRS, ...ALONE, ...SHARING_A_PROCESS],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'side by side, in one process',
          include: SHARING_A_PROCESS,
          exclude: [...configDefaults.exclude, ...IN_PAIRS, ...ALONE],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'in pairs',
          include: IN_PAIRS,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
