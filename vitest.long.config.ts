import { defineConfig } from 'vitest/config';

// What is too long for `npm test`, which runs seeded samples of it.
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
