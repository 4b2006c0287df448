import OpenAI from 'openai'
import { conformingFetch, type ConformingFetch } from './support/conformance/conforming-fetch.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

type Usage = OpenAI.CompletionUsage & { cost: number; cost_details: { total: string } }

const request = { model: 'speka/sandbox', prompt: 'Say hello to the world.', max_tokens: 200 }

let app: StartedApp
let wire: ConformingFetch
let client: OpenAI

beforeAll(async () => {
  app = await startApp()
  wire = conformingFetch()
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0, fetch: wire })
})

afterEach(() => wire.verify())

afterAll(async () => {
  expect(wire.checked.get('completion')).toBeGreaterThan(5)
  expect(wire.checked.get('completion chunk')).toBeGreaterThan(50)
  await app?.close()
})

describe('the official OpenAI SDK for Node, a completion', () => {
  test('has text, usage, cost and the id of its request', async () => {
    const completion = await client.completions.create(request)
    expect(completion).toMatchObject({ object: 'text_completion', model: 'speka/sandbox' })
    expect(completion.choices).toMatchObject([{ index: 0, logprobs: null, finish_reason: 'stop' }])
    expect(completion.choices[0]?.text).toContain('Say hello to the world.')
    const usage = completion.usage as Usage
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    expect(usage.cost).toBe(Number(usage.cost_details.total))
    expect(app.settled.at(-1)).toMatchObject({ endpoint: 'completions', id: completion._request_id })
  })

  test('is as long as OpenAI makes one when nobody says how long', async () => {
    const { choices, usage } = await client.completions.create({ model: request.model, prompt: request.prompt })
    expect(choices[0]?.finish_reason).toBe('length')
    expect(usage?.completion_tokens).toBe(16)
  })

  test('can have several choices', async () => {
    const { choices } = await client.completions.create({ ...request, n: 3 })
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  test.each([
    { what: 'in an array', prompt: [request.prompt] },
    // cl100k_base
    { what: 'as tokens', prompt: [46864, 24748, 311, 279, 1917, 13] },
    { what: 'as tokens in an array', prompt: [[46864, 24748, 311, 279, 1917, 13]] },
  ])('answers a prompt that comes $what', async ({ prompt }) => {
    const { choices } = await client.completions.create({ ...request, prompt })
    expect(choices[0]?.text).toContain('Say hello to the world.')
  })

  test.each([
    { asked: { prompt: ['one', 'two'] }, param: 'prompt' },
    { asked: { echo: true }, param: 'echo' },
    { asked: { suffix: 'the end' }, param: 'suffix' },
    { asked: { logprobs: 1 }, param: 'logprobs' },
    { asked: { best_of: 2 }, param: 'best_of' },
  ])('is refused when it needs what is not there: $param', async ({ asked, param }) => {
    const error: unknown = await client.completions.create({ ...request, ...asked }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ code: 'unsupported_parameter', param })
  })
})

describe('the official OpenAI SDK for Node, a streamed completion', () => {
  test('says piece by piece what it says at once', async () => {
    const whole = await client.completions.create(request)
    const chunks = await collect(await client.completions.create({ ...request, stream: true }))
    expect(chunks.filter((chunk) => chunk.choices.length !== 1)).toEqual([])
    expect(textIn(chunks)).toBe(whole.choices[0]?.text)
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('ends with usage and cost when they are asked for', async () => {
    const { usage } = await client.completions.create(request)
    const asked = { ...request, stream: true as const, stream_options: { include_usage: true } }
    const chunks = await collect(await client.completions.create(asked))
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage })
  })

  test.each(['cut@5', 'eof@5', 'garbage@5', 'error@5'])('raises after what had come: %s', async (fault) => {
    const chunks: OpenAI.Completion[] = []
    const stream = await client.completions.create({ ...request, model: `speka/sandbox:${fault}`, stream: true })
    const error: unknown = await collect(stream, chunks).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({ code: expect.stringMatching(/^upstream_/), type: 'upstream_error' })
    expect(chunks).toHaveLength(5)
  })
})

async function collect(stream: AsyncIterable<OpenAI.Completion>, chunks: OpenAI.Completion[] = []) {
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const textIn = (chunks: readonly OpenAI.Completion[]): string => chunks.map(({ choices }) => choices[0]?.text).join('')
