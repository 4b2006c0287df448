import type { Config } from 'jest'
import { common } from './jest.config.ts'

/** Suites that install something first (another language's SDK, a model server). They run one at a time. */
export default {
  ...common,
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/heavy/**/*.suite.test.ts'],
  maxWorkers: 1,
  testTimeout: 600_000,
} satisfies Config
