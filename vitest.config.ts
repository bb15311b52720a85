import { configDefaults, defineConfig } from 'vitest/config';

/** What holds a figure to some per cent, kills what it started, or removes what is dead on this host: has it to itself. */
const ALONE = ['packages/orchestrator/test/**/*.test.ts', 'test/alone/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // A small fleet that shares two cores with another takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // It imports JSON as bundlers let it and Node does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['packages/*/test/**/*.test.ts', 'test/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
