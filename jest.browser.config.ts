import type { Config } from 'jest'
import { common } from './jest.config.ts'

/** The console and the public pages in a real Chromium, from a gateway that is built first: `npm run test:browser`. */
export default {
  ...common,
  globalSetup: '<rootDir>/test/browser/support/before-tests.ts',
  globalTeardown: '<rootDir>/test/support/after-tests.ts',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/browser/**/*.suite.test.ts'],
  // A browser and a gateway for each.
  maxWorkers: 2,
} satisfies Config
