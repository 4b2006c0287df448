import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = resolve(import.meta.dirname, '..')

const LARGEST_BUNDLE = 400 * 1024

let scratch: string
/** The package as it is published: what `npm pack` puts into the tarball. */
let published: string
let files: string[]

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'speka-n8n-package-'))
  published = join(scratch, 'published')
  await run(process.execPath, ['build.mjs', join(published, 'dist')], { cwd: here })
  for (const name of ['package.json', 'README.md', 'LICENSE']) await cp(join(here, name), join(published, name))
  files = (await readdir(published, { recursive: true })).toSorted()
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

const manifest = createRequire(import.meta.url)('../package.json') as {
  n8n: { nodes: string[]; credentials: string[] }
  dependencies?: object
  peerDependencies: object
}
const scripts = () => files.filter((file) => file.endsWith('.js')).map((file) => join(published, file))

test.each(['published', 'sources'])(
  "passes n8n's scanner: %s",
  async (what) => {
    const folder = what === 'published' ? published : here
    // Its rules know a test run, their own, by this variable.
    const env = { ...process.env, NODE_ENV: 'production' }
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'scan.mjs'), folder, what], {
      cwd: here,
      env,
    })
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ passed: true })
  },
  300_000,
)

test('has no dependencies, and asks of n8n only what n8n lends', () => {
  expect(manifest.dependencies).toBeUndefined()
  expect(manifest.peerDependencies).toEqual({ '@n8n/ai-node-sdk': '*', 'n8n-workflow': '*' })
})

test('has every file that it tells n8n of, icons and descriptions beside them', () => {
  for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) expect(files).toContain(file)
  for (const file of manifest.n8n.nodes) expect(files).toContain(file.replace(/\.js$/, '.json'))
  expect(files).toEqual(expect.arrayContaining(['dist/icons/speka.svg', 'dist/icons/speka.dark.svg']))
})

test('publishes nothing else', () => {
  expect(
    files.filter(
      (file) => /\.\w+$/.test(file) && !/^(?:package\.json|README\.md|LICENSE)$|^dist\/.*\.(?:js|json|svg)$/.test(file),
    ),
  ).toEqual([])
})

test('takes at most 400 KB, all scripts together', async () => {
  const sizes = await Promise.all(scripts().map(async (file) => (await stat(file)).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(LARGEST_BUNDLE)
})

test('requires nothing but n8n, crypto and itself', async () => {
  const required = new Set<string>()
  for (const file of scripts()) {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(/\brequire\("([^"]+)"\)/g)) required.add(name)
  }
  expect([...required].toSorted()).toEqual(['../shared/index.js', '@n8n/ai-node-sdk', 'n8n-workflow', 'node:crypto'])
})

test('can be read: it is not minified', async () => {
  const [text = ''] = await Promise.all(
    scripts()
      .filter((file) => file.includes('shared'))
      .map((file) => readFile(file, 'utf8')),
  )
  const lines = text.split('\n')
  expect(text.length / lines.length).toBeLessThan(80)
})

test('is built the same a second time', async () => {
  const again = join(scratch, 'again')
  await run(process.execPath, ['build.mjs', again], { cwd: here })
  for (const file of files.filter((name) => /^dist\/.*\.\w+$/.test(name))) {
    expect(await readFile(join(again, file.slice('dist/'.length)))).toEqual(await readFile(join(published, file)))
  }
})

/** Runs a script with the package's files, in an n8n that lends `n8n-workflow` and no more, as those before 2.16 do. */
async function inOldN8n(script: string): Promise<string[]> {
  const file = join(scratch, 'load.cjs')
  const workflow = createRequire(import.meta.url).resolve('n8n-workflow')
  await writeFile(
    file,
    `
    const Module = require('node:module')
    const resolve = Module._resolveFilename
    Module._resolveFilename = (name, ...rest) =>
      name === 'n8n-workflow' ? require.resolve(${JSON.stringify(workflow)}) : resolve(name, ...rest)
    const load = (file) => new (require(file)[/(\\w+)\\.(?:node|credentials)\\.js$/.exec(file)[1]])()
    const files = process.argv.slice(2)
    ${script}
  `,
  )
  const files = [...manifest.n8n.nodes, ...manifest.n8n.credentials].map((each) => join(published, each))
  const { stdout } = await run(process.execPath, [file, ...files])
  return stdout.trim().split('\n')
}

test('loads as CommonJS, each node and the credential under the name of its file, also where n8n lends no AI SDK', async () => {
  const names = await inOldN8n('for (const each of files.map(load)) console.log((each.description ?? each).name)')
  expect(names).toEqual(['speka', 'lmChatSpeka', 'embeddingsSpeka', 'spekaApi'])
})

test('says which n8n the chat model needs, where there is no AI SDK', async () => {
  const [message, description] = await inOldN8n(`
    const node = { id: 'n', name: 'Model', type: 't', typeVersion: 1, position: [0, 0], parameters: {} }
    load(files[1]).supplyData.call({ getNode: () => node }, 0).catch((error) => {
      console.log(error.message)
      console.log(error.description)
    })
  `)
  expect(message).toBe('The Speka Chat Model needs n8n 2.16 or later.')
  expect(description).toMatch(/Update n8n/)
})
