import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OLDEST_NODE, PINNED_NODE } from '../support/packed-node.ts'
import { installProject, type PackedProject } from '../support/packed-project.ts'
import { manifestIn, packPackages, root } from '../support/pack-packages.ts'

let tarballs: Awaited<ReturnType<typeof packPackages>>

beforeAll(async () => {
  tarballs = await packPackages()
})

afterAll(async () => {
  if (tarballs !== undefined) await rm(dirname(tarballs.core.file), { recursive: true, force: true })
})

const versions = { ...manifestIn('.').devDependencies, ...devOf('langchain'), ...devOf('llamaindex') }
const exact = (...names: string[]): string[] => names.map((name) => `${name}@${versions[name]}`)

function devOf(folder: string): Readonly<Record<string, string>> {
  return manifestIn(`packages/${folder}`).devDependencies ?? {}
}

const compilers = [
  { what: 'an ES module', file: 'module.mts', options: { module: 'nodenext' } },
  { what: 'a CommonJS module', file: 'common.cts', options: { module: 'nodenext' } },
  { what: 'a file of a bundler', file: 'bundled.ts', options: { module: 'esnext', moduleResolution: 'bundler' } },
]

const typedLangChain = `
import { createGateway } from '@speka/core/node'
import { ChatSpeka, SpekaCostHandler, SpekaEmbeddings, SpekaModelError, type ChatSpekaFields } from '@speka/langchain'
import { createAgent } from 'langchain'
import { z } from 'zod'

const fields: ChatSpekaFields = { model: 'speka/sandbox', models: ['a/b'], gateway: createGateway({ config: {} }), maxCostUsd: 0.1 }
const model = new ChatSpeka(fields)
export const agent = createAgent({ model, tools: [] })
export async function ask(): Promise<string> {
  try {
    const { city } = await model.withStructuredOutput(z.object({ city: z.string() })).invoke('Hello!', { callbacks: [new SpekaCostHandler()] })
    const { parsed } = await model.withStructuredOutput(z.object({ count: z.number() }), { includeRaw: true }).invoke('Hello!')
    const vectors: number[][] = await new SpekaEmbeddings({ model: 'speka/sandbox' }).embedDocuments([city])
    return city + String(parsed.count + vectors.length)
  } catch (error) {
    if (error instanceof SpekaModelError) return error.code + error.status
    throw error
  }
}
// @ts-expect-error A temperature is a number.
export const wrong = new ChatSpeka({ model: 'a/b', temperature: 'hot' })
`

const typedLlamaIndex = `
import { SpekaEmbedding, SpekaLLM } from '@speka/llamaindex'
import { Settings } from 'llamaindex'

const llm = new SpekaLLM({ model: 'speka/sandbox', models: ['a/b'], maxCostUsd: 0.1 })
Settings.llm = llm
Settings.embedModel = new SpekaEmbedding({ model: 'speka/sandbox' })
export async function ask(): Promise<string> {
  const { message } = await llm.chat({ messages: [{ role: 'user', content: 'Hello!' }] })
  let text = String(message.content)
  for await (const { delta } of await llm.chat({ messages: [], stream: true })) text += delta
  return text
}
// @ts-expect-error A model has a name.
export const wrong = new SpekaLLM({ model: 1 })
`

describe.each([OLDEST_NODE, PINNED_NODE])('on Node %s, with LangChain, in an empty project', (version) => {
  let project: PackedProject

  beforeAll(async () => {
    const more = exact('@langchain/core', '@langchain/openai', 'langchain', 'zod', '@types/node')
    project = await installProject(version, [tarballs.core, tarballs.langchain], more)
  })
  afterAll(() => project?.remove())

  test('npm finds nothing wrong, and one LangChain', () => expectSound(project, '@langchain/core'))

  test.each(asModules(langchain))('it answers, streams, calls tools and counts as $kind', ({ name, content }) =>
    expectAnswer(project, name, content, {
      text: expect.stringContaining('Hello!'),
      streamed: expect.stringContaining('Hello!'),
      object: { city: expect.any(String) },
      agent: ['human', 'ai', 'tool', 'ai'],
      vectors: 2,
      cost: expect.stringMatching(/^0\.0/),
      error: { name: 'SpekaModelError', code: 'model_not_found', status: 404 },
    }),
  )

  test.each(compilers)('TypeScript checks $what that uses it', (compiler) =>
    expectTypes(project, compiler, typedLangChain),
  )
})

describe.each([OLDEST_NODE, PINNED_NODE])('on Node %s, with LlamaIndex.TS, in an empty project', (version) => {
  let project: PackedProject

  beforeAll(async () => {
    const more = exact(
      '@llamaindex/core',
      '@llamaindex/env',
      '@llamaindex/workflow',
      'llamaindex',
      'zod',
      '@types/node',
    )
    project = await installProject(version, [tarballs.core, tarballs.llamaindex], more)
  })
  afterAll(() => project?.remove())

  test('npm finds nothing wrong, and one LlamaIndex', () => expectSound(project, '@llamaindex/core'))

  test.each(asModules(llamaindex))('it answers, streams, retrieves and calls tools as $kind', ({ name, content }) =>
    expectAnswer(project, name, content, {
      text: expect.stringContaining('Hello!'),
      streamed: expect.stringContaining('Hello!'),
      object: { city: expect.any(String) },
      agent: expect.stringContaining('It is sunny'),
      found: expect.stringContaining('The cat sleeps.'),
      cost: expect.stringMatching(/^0\.0/),
      error: { name: 'SpekaError', code: 'model_not_found', status: 404 },
    }),
  )

  test.each(compilers)('TypeScript checks $what that uses it', (compiler) =>
    expectTypes(project, compiler, typedLlamaIndex),
  )
})

async function expectSound(project: PackedProject, framework: string): Promise<void> {
  const { stdout, code } = await project.run('npm', 'ls', framework, '--all', '--json')
  expect(code).toBe(0)
  expect(stdout).not.toMatch(/"(?:problems|invalid|extraneous)": (?!false)/)
  const { packages } = JSON.parse(readFileSync(join(project.folder, 'package-lock.json'), 'utf8')) as {
    packages: object
  }
  expect(Object.keys(packages).filter((path) => path.endsWith(`node_modules/${framework}`))).toHaveLength(1)
}

async function expectAnswer(project: PackedProject, name: string, content: string, answer: object): Promise<void> {
  const { stdout, stderr, code } = await project.run('node', await project.write(name, content))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual(answer)
}

async function expectTypes(
  project: PackedProject,
  { file, options }: (typeof compilers)[number],
  content: string,
): Promise<void> {
  await project.write(file, content)
  // The frameworks' own declarations are not ours to mend.
  const compilerOptions = {
    ...options,
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  }
  const config = await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }))
  const { stdout, code } = await project.run('node', join(root, 'node_modules/typescript/bin/tsc'), '-p', config)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
}

interface Program {
  /** Names by the module they come from. */
  readonly imports: Readonly<Record<string, string>>
  readonly body: string
}

/** The same program as both kinds of module. */
function asModules(program: () => Program) {
  const { imports, body } = program()
  const each = Object.entries(imports)
  const esm = each.map(([from, names]) => `import { ${names} } from '${from}'`)
  const cjs = each.map(([from, names]) => `const { ${names} } = require('${from}')`)
  return [
    { kind: 'an ES module', name: 'program.mjs', content: [...esm, body, 'await run()'].join('\n') },
    { kind: 'a CommonJS module', name: 'program.cjs', content: [...cjs, body, 'void run()'].join('\n') },
  ]
}

function langchain(): Program {
  return {
    imports: {
      '@speka/core/node': 'createGateway',
      '@speka/langchain': 'ChatSpeka, SpekaCostHandler, SpekaEmbeddings',
      langchain: 'createAgent, tool',
      zod: 'z',
    },
    body: `
const run = async () => {
  const gateway = createGateway({ config: {} })
  const costs = new SpekaCostHandler({ maxCostUsd: 1 })
  const model = new ChatSpeka({ model: 'speka/sandbox', gateway, callbacks: [costs] })
  const { text } = await model.invoke('Hello!')
  let streamed = ''
  for await (const chunk of await model.stream('Hello!')) streamed += chunk.text
  const schema = z.object({ city: z.string() })
  const object = await model.withStructuredOutput(schema).invoke('Paris')
  const weather = tool(() => 'It is sunny.', { name: 'get_weather', description: 'Weather.', schema })
  const { messages } = await createAgent({ model, tools: [weather] }).invoke({ messages: [{ role: 'user', content: 'Weather?' }] })
  const vectors = await new SpekaEmbeddings({ model: 'speka/sandbox', gateway }).embedDocuments(['one', 'two'])
  const thrown = await new ChatSpeka({ model: 'no/such', gateway }).invoke('Hello!').catch((error) => error)
  const error = { name: thrown.name, code: thrown.code, status: thrown.status }
  console.log(JSON.stringify({ text, streamed, object, agent: messages.map(({ type }) => type), vectors: vectors.length, cost: costs.totalUsd, error }))
}`,
  }
}

function llamaindex(): Program {
  return {
    imports: {
      '@speka/core/node': 'createGateway',
      '@speka/llamaindex': 'SpekaEmbedding, SpekaLLM',
      '@llamaindex/workflow': 'agent',
      llamaindex: 'Document, Settings, tool, VectorStoreIndex',
      zod: 'z',
    },
    body: `
const run = async () => {
  const gateway = createGateway({ config: {} })
  const llm = (Settings.llm = new SpekaLLM({ model: 'speka/sandbox', gateway }))
  Settings.embedModel = new SpekaEmbedding({ model: 'speka/sandbox', gateway })
  const messages = [{ role: 'user', content: 'Hello!' }]
  const { message, raw } = await llm.chat({ messages })
  let streamed = ''
  for await (const { delta } of await llm.chat({ messages, stream: true })) streamed += delta
  const schema = z.object({ city: z.string() })
  const { object } = await llm.exec({ messages: [...messages], responseFormat: schema })
  const weather = tool({ name: 'get_weather', description: 'Weather.', parameters: schema, execute: () => 'It is sunny.' })
  const { data } = await agent({ llm, tools: [weather] }).run('Weather?')
  const index = await VectorStoreIndex.fromDocuments([new Document({ text: 'The cat sleeps.' })])
  const found = await index.asQueryEngine().query({ query: 'Who sleeps?' })
  const thrown = await new SpekaLLM({ model: 'no/such', gateway }).chat({ messages }).catch((error) => error)
  const error = { name: thrown.name, code: thrown.code, status: thrown.status }
  console.log(JSON.stringify({ text: message.content, streamed, object, agent: data.result, found: found.message.content, cost: raw.cost, error }))
}`,
  }
}
