// How the tests run: every file under test/, in processes, with a bound that a hang must hit.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/rig/own-temporary-folder.ts', 'test/rig/build-once.ts'],
    pool: 'forks',
    // Most of a story is waiting for the command: one core need not be left to vitest itself.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
