import { defineConfig } from 'vitest/config';

// What is too long for `npm test`, which runs seeded samples of it: tests of its own, and on every runtime those for
// which `npm test` draws one.
export default defineConfig({
  test: {
    include: [
      'test/long/**/*.test.ts',
      'test/in-pairs/{fleet-verbs,network-faults,no-record-lost,verbs}.test.ts',
    ],
    env: { FLEETFALL_TEST_RUNTIMES: 'all' },
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
