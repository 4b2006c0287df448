import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node22.19',
  dts: true,
  // Only what is written here: the frameworks are the user's own.
  deps: { neverBundle: true },
  fixedExtension: false,
  clean: true,
  logLevel: 'warn',
})
