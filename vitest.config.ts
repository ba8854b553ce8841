// How the tests run: every file under test/, in processes, with a bound that a hang must hit.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Folders of tests whose files share processes: many take less time than a process takes to start and to load what they
 * import. Not for tests that change what belongs to the process.
 */
export const together = [
  ...['base', 'checks', 'cli', 'docs', 'engine', 'glance', 'journal', 'lock'],
  ...['model', 'profile', 'render', 'services', 'store', 'stories', 'watch'],
];
const include = together.map((folder) => `test/${folder}/**/*.test.ts`);
const bounds = {
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['test/rig/after-each.ts'],
};

export default defineConfig({
  test: {
    globalSetup: ['test/rig/own-temporary-folder.ts', 'test/rig/build-once.ts'],
    // Most of a story is waiting for the command, and some of it for time to pass: others may have the processor then.
    maxWorkers: availableParallelism() + 1,
    projects: [
      // A process is handed on only while the next file is of the same kind: so one kind after the other.
      { test: { ...bounds, name: 'together', include, isolate: false, sequence: { groupOrder: 0 } } },
      {
        test: {
          ...bounds,
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: include,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
