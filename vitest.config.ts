import { configDefaults, defineConfig } from 'vitest/config';

// Fleets share two cores with their tests: files that start one run alone, one after another.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/long/**'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // It imports JSON as bundlers let it and Node does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
});
