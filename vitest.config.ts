import { defineConfig } from 'vitest/config';

// Decisions first, then what runs the built program, then what needs the machine for itself (kill -9, live calls).
// Groups run one after the other; the files of a group side by side, one a core.
const program = ['test/kit/global-setup.ts'];
// the oldest PostgreSQL we support; npm test starts it (test/peers/index.ts)
const oldPostgres = process.env['LETOPIS_PEER_POSTGRESQL'];
const minutes = (count: number) => count * 60_000;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: { name: 'architecture', include: ['test/architecture.test.ts'], sequence: { groupOrder: 0 } },
      },
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'connectors/**/*.test.ts', 'test/*.test.ts', 'test/kit/**/*.test.ts'],
          exclude: ['test/architecture.test.ts'],
          testTimeout: 15_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      ...(oldPostgres
        ? [
            {
              test: {
                name: 'old-postgresql',
                include: [
                  'src/store/**/*.test.ts',
                  'src/intake/**/*.test.ts',
                  'src/match/**/*.test.ts',
                  'src/queue/**/*.test.ts',
                ],
                env: { LETOPIS_TEST_DATABASE_URL: oldPostgres },
                testTimeout: 15_000,
                hookTimeout: 30_000,
                sequence: { groupOrder: 1 },
              },
            },
          ]
        : []),
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: program,
          testTimeout: minutes(1),
          hookTimeout: minutes(1),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          globalSetup: program,
          testTimeout: minutes(5),
          hookTimeout: minutes(5),
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: program,
          testTimeout: minutes(5),
          hookTimeout: minutes(1),
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
