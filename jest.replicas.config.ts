import type { Config } from 'jest'
import { common } from './jest.config.ts'

/**
 * What stands on PostgreSQL and Redis, with real ones that are installed and started first: `npm run test:replicas`. The tests beside the
 * code are in `npm test` too, where they are skipped.
 */
export default {
  ...common,
  globalSetup: '<rootDir>/test/replicas/before-tests.ts',
  globalTeardown: '<rootDir>/test/replicas/after-tests.ts',
  roots: ['<rootDir>/packages/server', '<rootDir>/test'],
  testMatch: [
    '<rootDir>/packages/server/src/store/postgres/**/*.test.ts',
    '<rootDir>/packages/server/src/store/copy-store.test.ts',
    '<rootDir>/packages/server/src/redis/**/*.test.ts',
    '<rootDir>/packages/server/src/notices/**/*.test.ts',
    '<rootDir>/test/replicas/**/*.test.ts',
  ],
  maxWorkers: 2,
} satisfies Config
