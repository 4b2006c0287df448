import type { Config } from 'jest'

/** Tests run from source: types are stripped, and `@speka/*` resolves to `src/` by the export condition `@speka/source`. */
export const common = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@speka/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
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
  maxWorkers: 2,
} satisfies Config

export default {
  ...common,
  roots: ['<rootDir>/packages', '<rootDir>/test'],
  testMatch: ['<rootDir>/packages/*/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/heavy/'],
} satisfies Config
