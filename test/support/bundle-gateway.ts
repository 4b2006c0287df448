// `node bundle-gateway.ts FOLDER`: makes what `gateway-bundle.ts` gives to tests. A run by itself, which others may race.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const KEPT_MS = 86_400_000

const root = resolve(import.meta.dirname, '..', '..')
const folder = resolve(process.argv[2] ?? '')
const beside = dirname(folder)

mkdirSync(beside, { recursive: true })
for (const name of readdirSync(beside)) {
  const old = statSync(join(beside, name), { throwIfNoEntry: false })
  if (old !== undefined && Date.now() - old.mtimeMs > KEPT_MS)
    rmSync(join(beside, name), { recursive: true, force: true })
}

const bundle = await rolldown({
  cwd: root,
  input: {
    main: join(root, 'packages/server/src/main.ts'),
    'watch-process': join(root, 'test/support/conformance/watch-process.ts'),
  },
  platform: 'node',
  resolve: { conditionNames: ['@speka/source', 'node', 'import', 'default'] },
  // What others have published stays outside; the bundler's own helpers do not.
  external: (name) => /^[@a-z]/.test(name) && !/^@(?:speka|oxc-project)\//.test(name),
  // Not the project's, which is for type checks and names an older language.
  tsconfig: false,
  transform: { target: 'esnext' },
  treeshake: false,
  plugins: [
    {
      // Threads, files beside the sources, the version: each source finds what is its own where it always is.
      name: 'place of each source',
      transform: {
        filter: { code: /import\.meta\.(?:url|dirname)/ },
        handler: (code, id) =>
          code
            .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
            .replaceAll('import.meta.dirname', JSON.stringify(dirname(id))),
      },
    },
  ],
})
const made = `${folder}.${process.pid}`
await bundle.write({ dir: made, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' })
await bundle.close()
try {
  renameSync(made, folder)
} catch (error) {
  rmSync(made, { recursive: true, force: true })
  if (!existsSync(folder)) throw error
}
