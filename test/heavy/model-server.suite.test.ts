import { setTimeout as wait } from 'node:timers/promises'
import OpenAI from 'openai'
import { type ModelServer, startModelServer } from '../support/model-server/start-model-server.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { type PythonSdk, pythonSdk } from '../support/python/python-sdk.ts'
import { type Gateway, spawnGateway } from '../support/spawn-gateway.ts'

type Usage = OpenAI.CompletionUsage & { cost: number; cost_details: { total: string } }

const MODEL = 'tiny/random'
const PICO_PER_INPUT = 1_000_000n
const PICO_PER_OUTPUT = 2_000_000n

/** Greedy, so that the same words come back every time. */
const question = {
  model: MODEL,
  messages: [{ role: 'user' as const, content: 'Tell me about the sea.' }],
  temperature: 0,
  seed: 1,
}

/** Several times what the model server has room for. */
const tooMuch = [{ role: 'user' as const, content: 'sea '.repeat(20_000) }]

let server: ModelServer
let gateway: Gateway
let client: OpenAI
let python: PythonSdk

beforeAll(async () => {
  server = await startModelServer()
  gateway = await spawnGateway({
    providers: {
      tiny: { type: 'openai-compatible', base_url: server.baseURL, api_key: server.apiKey },
      mistyped: { type: 'openai-compatible', base_url: server.baseURL, api_key: 'sk-mistyped-key' },
    },
    models: {
      [MODEL]: { targets: [{ provider: 'tiny', model: server.model }], price: { input: '1', output: '2' } },
      'tiny/mistyped': { targets: [{ provider: 'mistyped', model: server.model }] },
      'tiny/second-key': { targets: ['mistyped', 'tiny'].map((provider) => ({ provider, model: server.model })) },
      'tiny/roomy': { targets: [{ provider: 'tiny', model: server.model }] },
    },
    routing: { context_window_fallbacks: { 'tiny/roomy': ['speka/sandbox'] } },
  })
  client = new OpenAI({ baseURL: gateway.baseURL, apiKey: gateway.key, maxRetries: 0 })
  python = await pythonSdk(gateway)
})

afterAll(async () => {
  await gateway?.close()
  await server?.kill()
})

describe('a llama.cpp server behind the gateway', () => {
  test('answers the SDK for Node under the name it has in the gateway', async () => {
    const answer = await client.chat.completions.create({ ...question, max_tokens: 40 })
    expect(answer).toMatchObject({ object: 'chat.completion', model: MODEL })
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { role: 'assistant' } })
    expect(wordsIn(answer.choices[0]?.message.content)).toBe(40)
  })

  test('says through the gateway what it says directly', async () => {
    const direct = new OpenAI({ baseURL: server.baseURL, apiKey: server.apiKey })
    const said = await direct.chat.completions.create({ ...question, model: server.model, max_tokens: 300 })
    const relayed = await client.chat.completions.create({ ...question, max_tokens: 300 })
    const streamed = await textOf(client, { ...question, max_tokens: 300 })
    expect(relayed.choices[0]?.message.content).toBe(said.choices[0]?.message.content)
    expect(streamed).toBe(said.choices[0]?.message.content)
  })

  test('streams to the SDK for Node, every chunk under the name it has in the gateway', async () => {
    const chunks = await collect(await client.chat.completions.create({ ...question, max_tokens: 100, stream: true }))
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set([MODEL]))
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1)
    expect(chunks.filter((chunk) => chunk.choices.length !== 1)).toEqual([])
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(100)
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length')
  })

  test('answers and streams to the SDK for Python', async () => {
    const { result: whole, error } = await python.run<{
      answer: OpenAI.ChatCompletion
      request_id: string
      cost_header: string
    }>('answer_with_request_id', MODEL)
    expect(error).toBeNull()
    expect(whole.answer.model).toBe(MODEL)
    expect(costOf(whole.answer.usage)).toBe(picoOf(whole.cost_header))

    const { result: streamed } = await python.run<{
      chunks: OpenAI.ChatCompletionChunk[]
      error: unknown
    }>('stream', MODEL, 'usage', '40')
    expect(streamed.error).toBeNull()
    expect(streamed.chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      whole.answer.choices[0]?.message.content,
    )
    expect(streamed.chunks.at(-1)?.usage?.completion_tokens).toBe(40)
  })

  test('costs exactly what its tokens cost', async () => {
    const { data: answer, response } = await client.chat.completions
      .create({ ...question, max_tokens: 123 })
      .withResponse()
    const usage = answer.usage as Usage
    expect(usage.completion_tokens).toBe(123)
    expect(usage.total_tokens).toBe(usage.prompt_tokens + 123)
    expect(picoOf(usage.cost_details.total)).toBe(costOf(usage))
    expect(usage.cost).toBe(Number(usage.cost_details.total))
    expect(response.headers.get('x-speka-cost-usd')).toBe(usage.cost_details.total)
  })

  test('costs the same streamed, with the usage in the last chunk', async () => {
    const chunks = await collect(
      await client.chat.completions.create({
        ...question,
        max_tokens: 123,
        stream: true,
        stream_options: { include_usage: true },
      }),
    )
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1)
    const last = chunks.at(-1)
    expect(last?.choices).toEqual([])
    const usage = last?.usage as Usage
    expect(usage.completion_tokens).toBe(123)
    expect(picoOf(usage.cost_details.total)).toBe(costOf(usage))
  })

  test('leaves a record of each request under its id, streamed or not, usage asked for or not', async () => {
    const whole = await client.chat.completions.create({ ...question, max_tokens: 10 }).withResponse()
    const streamed = await client.chat.completions.create({ ...question, max_tokens: 11, stream: true }).withResponse()
    await collect(streamed.data)
    const inPython = await python.run<{ request_id: string }>('stream', MODEL, '', '12')

    for (const { id, tokens } of [
      { id: whole.response.headers.get('x-request-id'), tokens: 10 },
      { id: streamed.response.headers.get('x-request-id'), tokens: 11 },
      { id: inPython.result.request_id, tokens: 12 },
    ]) {
      const record = await recordOf(id)
      expect(record).toMatchObject({ id, model: MODEL, outcome: 'complete' })
      expect(record.usage.completion_tokens).toBe(tokens)
      expect(BigInt(record.cost_pico)).toBe(costOf(record.usage))
    }
  })

  test('follows a JSON schema word by word', async () => {
    const schema = {
      type: 'object',
      properties: { city: { enum: ['Oslo', 'Paris'] }, degrees: { type: 'integer' }, clear: { type: 'boolean' } },
      required: ['city', 'degrees', 'clear'],
      additionalProperties: false,
    }
    const answer = await client.chat.completions.create({
      ...question,
      max_tokens: 500,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } },
    })
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      city: expect.stringMatching(/^(Oslo|Paris)$/),
      degrees: expect.any(Number),
      clear: expect.any(Boolean),
    })
  })

  test('refuses a prompt that does not fit as the caller’s fault', async () => {
    const request = client.chat.completions.create({ ...question, messages: tooMuch })
    await expect(request).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  test('leaves a prompt that does not fit to the model that the configuration names for it', async () => {
    const answer = await client.chat.completions.create({ ...question, model: 'tiny/roomy', messages: tooMuch })
    expect(answer.model).toBe('speka/sandbox')
  })

  test('refusing the key of the gateway is not the caller’s fault, and the key stays secret', async () => {
    const request = client.chat.completions.create({ ...question, model: 'tiny/mistyped', max_tokens: 5 })
    const error: unknown = await request.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status: 502, code: 'upstream_auth_failed' })
    expect(String(error)).not.toContain('mistyped-key')
  })

  test('refusing one key is asked with the next', async () => {
    const { data: answer, response } = await client.chat.completions
      .create({ ...question, model: 'tiny/second-key', max_tokens: 5 })
      .withResponse()
    expect(wordsIn(answer.choices[0]?.message.content)).toBe(5)
    expect(response.headers.get('x-speka-provider')).toBe('tiny')
  })

  test('stops generating when the caller leaves', async () => {
    const stream = await client.chat.completions.create({ ...question, max_tokens: 8000, stream: true })
    let pieces = 0
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) pieces += 1
      if (pieces === 1) expect(await server.busySlots()).toBe(1)
      if (pieces === 3) break
    }
    expect(await eventually(() => server.busySlots(), 0)).toBe(0)
    await client.chat.completions.create({ ...question, max_tokens: 5 })
  })

  // llama.cpp does not look up from a whole answer, so what it does then tells nothing of the gateway.
  test('answers others at once when the caller of a whole answer has left', async () => {
    const leaving = new AbortController()
    const request = client.chat.completions.create({ ...question, max_tokens: 2000 }, { signal: leaving.signal })
    const raised = request.catch((error: unknown) => error)
    expect(await eventually(() => server.busySlots(), 1)).toBe(1)
    leaving.abort()
    expect(await raised).toBeInstanceOf(OpenAI.APIUserAbortError)
    await client.chat.completions.create({ ...question, max_tokens: 5 }, { timeout: 3000 })
  })

  // llama.cpp closes a connection after a hundred requests, and after five idle seconds: a request may meet that moment.
  test('loses no request to a connection that it closes', async () => {
    const request = { ...question, max_tokens: 1 }
    for (let count = 0; count < 220; count += 1) await client.chat.completions.create(request)
    await wait(4990)
    await client.chat.completions.create(request)
  })

  test('answers eight at once, four times what it can generate for, each in full', async () => {
    const alone = await textOf(client, { ...question, max_tokens: 200 })
    const texts = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0
          ? textOf(client, { ...question, max_tokens: 200 })
          : client.chat.completions
              .create({ ...question, max_tokens: 200 })
              .then((answer) => answer.choices[0]?.message.content ?? ''),
      ),
    )
    // Batched arithmetic rounds differently, so a word may differ; their number may not.
    expect(texts.map(wordsIn)).toEqual(Array(8).fill(wordsIn(alone)))
  })
})

describe('a llama.cpp server that dies', () => {
  test('in the middle of a stream is an error to the caller, never the end of the answer', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ ...question, max_tokens: 8000, stream: true })
      .withResponse()
    let pieces = 0
    const read = async () => {
      for await (const chunk of stream) {
        expect(chunk.choices[0]?.finish_reason).toBeNull()
        if (!chunk.choices[0]?.delta.content) continue
        pieces += 1
        if (pieces === 3) await server.kill()
      }
    }
    await expect(read()).rejects.toThrow(OpenAI.APIError)
    expect(pieces).toBeGreaterThanOrEqual(3)
    const record = await recordOf(response.headers.get('x-request-id'))
    expect(record.outcome).toBe('interrupted')
  })

  test('leaves a clear error to those who come after', async () => {
    await server.kill()
    const request = client.chat.completions.create({ ...question, max_tokens: 5 })
    await expect(request).rejects.toMatchObject({
      code: expect.stringMatching(/^(upstream_unreachable|no_healthy_target)$/),
    })
  })

  test('answers again once it is back, on the same gateway', async () => {
    await server.kill()
    server = await startModelServer({ port: Number(new URL(server.baseURL).port) })
    const text = await eventually(() => textOf(client, { ...question, max_tokens: 20 }).then(wordsIn, () => 0), 20)
    expect(text).toBe(20)
  })
})

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The whole text of a streamed answer. */
async function textOf(client: OpenAI, request: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<string> {
  let text = ''
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  return text
}

function wordsIn(text: string | null | undefined): number {
  return text?.trim().split(/\s+/).length ?? 0
}

interface GenerationRecord {
  readonly id: string
  readonly model: string
  readonly outcome: string
  readonly usage: OpenAI.CompletionUsage
  readonly cost_pico: string
}

async function recordOf(id: string | null | undefined): Promise<GenerationRecord> {
  const response = await fetch(`${gateway.baseURL}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  })
  expect(response.status).toBe(200)
  return (await response.json()) as GenerationRecord
}

/** What the tokens of an answer cost, in whole pico-dollars. */
function costOf(usage: OpenAI.CompletionUsage | undefined): bigint {
  if (usage === undefined) throw new Error('The answer has no usage.')
  return BigInt(usage.prompt_tokens) * PICO_PER_INPUT + BigInt(usage.completion_tokens) * PICO_PER_OUTPUT
}

/** A decimal string of dollars in whole pico-dollars. */
function picoOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.')
  return BigInt(whole + fraction.padEnd(12, '0'))
}

/** The value once it is the one wanted, or whatever it is when that was waited for in vain. */
async function eventually<Value>(read: () => Promise<Value>, wanted: Value): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const value = await read()
    if (value === wanted || performance.now() > deadline) return value
    await wait(20)
  }
}
