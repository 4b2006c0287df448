import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { esmExternalRequirePlugin } from 'rolldown/plugins'
import { defineConfig, type UserConfig } from 'tsdown'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const shared: UserConfig = {
  platform: 'neutral',
  dts: true,
  fixedExtension: false,
  logLevel: 'warn',
  // Who reads what a name does reads it in the types, which keep theirs.
  outputOptions: { comments: { jsdoc: false } },
}
const forNode: UserConfig = {
  ...shared,
  entry: ['src/index.ts', 'src/node.ts', 'src/internal.ts', 'src/internal-pricing.ts'],
  target: 'node22.19',
}

export default defineConfig([
  { ...forNode, format: 'cjs', clean: ['dist/*.cjs', 'dist/*.d.cts'] },
  {
    ...forNode,
    format: 'esm',
    clean: ['dist/*.js', 'dist/*.d.ts'],
    // undici comes along. It is CommonJS, and bundlers cannot put its requires of Node's own modules into an ES module: a
    // program bundled as one would end with "Dynamic require". Here they become imports.
    deps: { alwaysBundle: [/^undici(?:\/|$)/] },
    alias: { undici$: file('build/undici.js'), 'node:sqlite': file('build/no-sqlite.js') },
    plugins: [esmExternalRequirePlugin({ external: builtinModules.map((name) => `node:${name}`) })],
    copy: [{ from: '../../node_modules/undici/LICENSE', to: 'dist', rename: 'undici-license.md' }],
  },
  {
    ...shared,
    // For browsers, Workers and their like: nothing of Node in it, its buffers included.
    entry: ['src/index.ts', 'src/edge.ts', 'src/internal.ts', 'src/internal-pricing.ts'],
    outDir: 'dist/edge',
    format: 'esm',
    target: 'es2022',
    // It goes into bundles, which are delivered, and doubles the package otherwise.
    minify: true,
    alias: { 'node:crypto': file('src/web/crypto.ts') },
    inputOptions: { transform: { inject: { Buffer: [file('src/web/buffer.ts'), 'Buffer'] } } },
  },
])
