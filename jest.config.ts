import type { Config } from 'jest'

/** Tests run from source: types are stripped, and `@speka/*` resolves to `src/` by the export condition `@speka/source`. */
export const common = {
  testEnvironment: '<rootDir>/test/support/test-environment.ts',
  testEnvironmentOptions: { customExportConditions: ['@speka/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  // n8n brings it; here a stand-in does.
  moduleNameMapper: { '^@n8n/ai-node-sdk$': '<rootDir>/packages/n8n-nodes-speka/test/ai-node-sdk.fake.ts' },
  modulePathIgnorePatterns: ['/dist/', '/\\.speka/'],
  coverageProvider: 'v8',
  coveragePathIgnorePatterns: [
    '/node_modules/',
    '/__fixtures__/',
    '/test/support/',
    '\\.test\\.ts$',
    '\\.contract\\.ts$',
  ],
  watchman: false,
  // Beside what else is kept for the next run, since the folder for temporary files is each run's own.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  // One more than the cores of the smallest machine: many a test waits, for a process to start or for time to pass.
  maxWorkers: 3,
  // Ends a test that hangs, and says nothing of speed: a machine may be ten times slower than another. Longer than the
  // patience of what waits inside (`test/support/patience.ts`), which can say what did not come.
  testTimeout: 300_000,
} satisfies Config

export default {
  ...common,
  globalSetup: '<rootDir>/test/support/before-tests.ts',
  globalTeardown: '<rootDir>/test/support/after-tests.ts',
  roots: ['<rootDir>/packages', '<rootDir>/test'],
  // The sources of nodes are linted by n8n, tests and all, so that package has its tests beside them.
  testMatch: ['<rootDir>/packages/*/{src,test}/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['heavy', 'n8n', 'browser', 'replicas']
    .map((folder) => `<rootDir>/test/${folder}/`)
    .concat('/node_modules/'),
} satisfies Config
