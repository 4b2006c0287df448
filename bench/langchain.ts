// `npm run bench -- langchain [--rounds N] [--quick]`: ChatSpeka beside LangChain's own ChatOpenAI, on the same endpoint, round by round.
import { createServer } from 'node:http'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ChatOpenAI } from '@langchain/openai'
import { ChatSpeka, SpekaEmbeddings } from '@speka/langchain'
import { paired, type Spread } from './measure/statistics.ts'
import { readOptions } from './options.ts'
import { chooseCores } from './processes/cores.ts'
import { startProcess } from './processes/start-process.ts'

type Model = ChatOpenAI | ChatSpeka

interface Measure {
  readonly title: string
  /** How many things were done in a second. */
  perSecond(models: Models, ms: number): Promise<number>
  /** What the ratio to `ChatOpenAI` must be at least. */
  readonly atLeast: number
}

interface Models {
  readonly small: Model
  readonly events: Model
}

const question = 'What is a gateway for language models, and when does anybody need one?'
const AT_ONCE = 16
const TEXTS = 1000
const MOST_CALLS = 16

const measures: readonly Measure[] = [
  { title: 'invoke, one at a time, calls/s', atLeast: 1, perSecond: ({ small }, ms) => invoking(small, 1, ms) },
  {
    title: `invoke, ${AT_ONCE} at once, calls/s`,
    atLeast: 1,
    perSecond: ({ small }, ms) => invoking(small, AT_ONCE, ms),
  },
  { title: 'stream, chunks/s', atLeast: 1, perSecond: ({ events }, ms) => streaming(events, ms) },
]

async function invoking(model: Model, atOnce: number, ms: number): Promise<number> {
  const began = performance.now()
  let calls = 0
  const ask = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await model.invoke(question)
      calls += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, ask))
  return (calls * 1000) / (performance.now() - began)
}

async function streaming(model: Model, ms: number): Promise<number> {
  const began = performance.now()
  let chunks = 0
  while (performance.now() - began < ms) for await (const _ of await model.stream(question)) chunks += 1
  return (chunks * 1000) / (performance.now() - began)
}

/** How many calls a thousand texts take. */
async function embeddingCalls(): Promise<number> {
  let calls = 0
  const server = createServer(async (request, response) => {
    calls += 1
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] }
    const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [index, 1] }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', model: 'm', data }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const embeddings = new SpekaEmbeddings({ model: 'm', apiKey: 'unused', baseURL: `http://127.0.0.1:${port}/v1` })
  await embeddings.embedDocuments(Array.from({ length: TEXTS }, (_, index) => `text ${index}`))
  server.close()
  server.closeAllConnections()
  return calls
}

async function run(): Promise<boolean> {
  const { quick, rounds = quick ? 2 : 7 } = readOptions(process.argv.slice(2))
  const ms = quick ? 300 : 2000
  const parent = join(import.meta.dirname, '..', '.speka')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'bench-'))
  const args = [join(import.meta.dirname, 'upstream.ts')]
  const upstream = await startProcess({ name: 'upstream', args, core: chooseCores().upstream, folder })
  try {
    const { port } = (await upstream.hear(10_000)) as { port: number }
    const baseURL = `http://127.0.0.1:${port}/v1`
    const stock = (model: string) =>
      new ChatOpenAI({ model, apiKey: 'unused', configuration: { baseURL }, maxRetries: 0 })
    const ours = (model: string) => new ChatSpeka({ model, apiKey: 'unused', baseURL })
    const sides: readonly Models[] = [ours, stock].map((make) => ({
      small: make('mock-small'),
      events: make('mock-events-200'),
    }))

    console.log(
      `Node ${process.version}, ${rounds} rounds of ${ms / 1000} s; ratios to ChatOpenAI, least–greatest in brackets`,
    )
    for (const { perSecond } of measures) for (const side of sides) await perSecond(side, ms)
    const held = []
    for (const measure of measures) held.push(await compared(measure, sides, rounds, ms))

    const calls = await embeddingCalls()
    held.push(calls <= MOST_CALLS)
    console.log(`${mark(calls <= MOST_CALLS)} ${TEXTS} embeddings: ${calls} calls (at most ${MOST_CALLS})`)
    return held.every(Boolean)
  } finally {
    await upstream.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compared(measure: Measure, sides: readonly Models[], rounds: number, ms: number): Promise<boolean> {
  const { title, perSecond, atLeast } = measure
  const results: number[][] = sides.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [side, models] of sides.entries()) results[side]?.push(await perSecond(models, ms))
  }
  const [ours = [], stock = []] = results
  const ratio = paired(ours, stock, 'ratio')
  const holds = ratio !== undefined && ratio.median >= atLeast
  console.log(
    `${mark(holds)} ${title}: ${ratio === undefined ? 'nothing measured' : written(ratio)} (at least ${atLeast.toFixed(1)})`,
  )
  return holds
}

const mark = (holds: boolean): string => (holds ? 'held  ' : 'MISSED')

const written = ({ median, min, max }: Spread): string => `${median.toFixed(2)} [${min.toFixed(2)}–${max.toFixed(2)}]`

process.exitCode = (await run()) ? 0 : 1
