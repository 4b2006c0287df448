import type { Config } from 'jest'
import { common } from './jest.config.ts'

/** The nodes in a real n8n, which is installed first: `npm run test:n8n`. */
export default {
  ...common,
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/n8n/**/*.suite.test.ts'],
  // An installation into an empty cache takes about seven minutes on two cores.
  testTimeout: 1_800_000,
} satisfies Config
