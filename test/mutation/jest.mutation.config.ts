import type { Config } from 'jest'
import base from '../../jest.config.ts'

/** Jest as `npm run test:mutation` runs it, many times in one process. */
export default {
  ...base,
  rootDir: '../..',
  testEnvironment: '<rootDir>/test/mutation/bail-environment.ts',
  runner: '<rootDir>/test/mutation/runner.ts',
  transform: { '\\.ts$': '<rootDir>/test/mutation/transform.ts' },
  // Every mutant leaves a file there: none that anybody else needs.
  cacheDirectory: '<rootDir>/node_modules/.cache/speka-mutation',
  reporters: [],
  // It is ended, and would leave its folder.
  globalSetup: null,
  globalTeardown: null,
  testTimeout: 60_000,
} satisfies Config
