import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts'],
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'node22.19',
  dts: true,
  fixedExtension: false,
  clean: true,
  logLevel: 'warn',
})
