import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { manifestIn, packPackages } from '../support/pack-packages.ts'
import { PINNED_NODE } from '../support/packed-node.ts'
import { installProject, type PackedProject } from '../support/packed-project.ts'
import { runProgram } from '../support/run-program.ts'
import { node, spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import { askWorker } from '../support/workers/workers-runtime.ts'

const BUNDLERS = ['esbuild@0.28.2', 'rolldown@1.2.19']

/** What every bundle is asked to do, with an address and a key of a server. */
const ask = `
import { ChatSpeka, SpekaCostHandler } from '@speka/langchain'

export async function ask({ baseURL, apiKey }) {
  const costs = new SpekaCostHandler({ maxCostUsd: 1 })
  const model = new ChatSpeka({ model: 'speka/sandbox', baseURL, apiKey, callbacks: [costs] })
  const { text, response_metadata } = await model.invoke('Hello!')
  let streamed = ''
  for await (const chunk of await model.stream('Hello!')) streamed += chunk.text
  const failed = await new ChatSpeka({ model: 'speka/sandbox:500', baseURL, apiKey }).invoke('?').catch(({ code }) => code)
  return { text, streamed, failed, provider: response_metadata.provider, total: costs.totalUsd }
}
`
const program = `
import { createGateway } from '@speka/core/node'
import { ChatSpeka } from '@speka/langchain'
import { ask } from './ask.mjs'

async function main() {
  const [baseURL, apiKey] = process.argv.slice(2)
  const gateway = createGateway({ config: {} })
  const { text: local } = await new ChatSpeka({ model: 'speka/sandbox', gateway }).invoke('Hello!')
  console.log(JSON.stringify({ ...(await ask({ baseURL, apiKey })), local }))
}
void main()
`
const worker = `
import { ask } from './ask.mjs'

export default {
  fetch: async (request) => Response.json({ ...(await ask(await request.json())), has: [typeof process, typeof Buffer] }),
}
`
const page = `
import { ask } from './ask.mjs'

globalThis.ask = ask
`

const said = expect.stringContaining('You said: "Hello!"')
const answer = { text: said, streamed: said, failed: 'upstream_error', provider: 'sandbox', total: '0.0000088' }

let project: PackedProject
let gateway: Gateway
/** Where nothing is installed. */
let elsewhere: string

beforeAll(async () => {
  const { core, langchain } = await packPackages()
  const { devDependencies = {} } = manifestIn('packages/langchain')
  const peers = ['@langchain/core', '@langchain/openai'].map((name) => `${name}@${devDependencies[name]}`)
  project = await installProject(PINNED_NODE, [core, langchain], [...peers, ...BUNDLERS])
  await rm(dirname(core.file), { recursive: true, force: true })
  for (const [name, content] of Object.entries({ ask, program, worker, page })) {
    await project.write(`${name}.mjs`, content)
  }
  gateway = await spawnGateway()
  elsewhere = await mkdtemp(join(tmpdir(), 'speka-bundle-'))
})

afterAll(async () => {
  await gateway?.close()
  await project?.remove()
  await rm(elsewhere, { recursive: true, force: true })
})

/** Bundles a file of the project and takes the result where nothing else is. */
async function bundled(name: string, bundler: keyof typeof bundlers, options: readonly string[]): Promise<string> {
  const out = join(project.folder, 'out', name)
  const { code, stderr, stdout } = await project.run(
    join(project.folder, 'node_modules', '.bin', bundler),
    ...bundlers[bundler](out),
    ...options,
  )
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
  await copyFile(out, join(elsewhere, name))
  return join(elsewhere, name)
}

const bundlers = {
  esbuild: (out: string) => ['--bundle', '--log-level=error', `--outfile=${out}`],
  rolldown: (out: string) => ['-o', out],
}

test.each([
  { bundler: 'esbuild', name: 'esbuild.mjs', options: ['program.mjs', '--platform=node', '--format=esm'] },
  { bundler: 'esbuild', name: 'esbuild.cjs', options: ['program.mjs', '--platform=node', '--format=cjs'] },
  { bundler: 'rolldown', name: 'rolldown.mjs', options: ['program.mjs', '--platform', 'node', '--format', 'esm'] },
] as const)('a program for Node in one file starts and answers: $name', async ({ bundler, name, options }) => {
  const file = await bundled(name, bundler, options)
  const { stdout, stderr, code } = await runProgram(node, [file, gateway.baseURL, gateway.key], { cwd: elsewhere })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(JSON.parse(stdout)).toEqual({ ...answer, local: said })
})

test.each([
  { what: 'for Workers', name: 'worker.mjs', options: ['--conditions=workerd'] },
  { what: 'for browsers', name: 'worker-browser.mjs', options: [] },
])('a bundle $what runs in the runtime of Workers, where nothing of Node is', async ({ name, options }) => {
  const file = await bundled(name, 'esbuild', ['worker.mjs', '--platform=browser', '--format=esm', ...options])
  const { status, body } = await askWorker(file, { baseURL: gateway.baseURL, apiKey: gateway.key })
  expect({ status, body: JSON.parse(body) }).toEqual({
    status: 200,
    body: { ...answer, has: ['undefined', 'undefined'] },
  })
})

test('a bundle for browsers runs with what browsers have', async () => {
  const file = await bundled('page.js', 'esbuild', ['page.mjs', '--platform=browser', '--format=iife'])
  const context: Record<string, unknown> & { ask?: (server: object) => Promise<unknown> } = Object.fromEntries(
    BROWSER.map((name) => [name, (globalThis as Record<string, unknown>)[name]]),
  )
  context['globalThis'] = context
  runInNewContext(await readFile(file, 'utf8'), context, { filename: file })
  expect(await context.ask?.({ baseURL: gateway.baseURL, apiKey: gateway.key })).toEqual(answer)
})

/** The globals of a browser that a page finds, as far as Node has them too. */
const BROWSER = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'DOMException',
  'Event',
  'EventTarget',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'TransformStream',
  'URL',
  'URLSearchParams',
  'WritableStream',
  'atob',
  'btoa',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'performance',
  'queueMicrotask',
  'setInterval',
  'setTimeout',
  'structuredClone',
]
