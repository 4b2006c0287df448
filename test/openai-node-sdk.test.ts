import OpenAI from 'openai'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { mintKey } from '../packages/server/src/keys/key-format.ts'
import { conformingFetch } from './support/conformance/conforming-fetch.ts'
import { freePort } from './support/free-port.ts'
import { PATIENCE_MS } from './support/patience.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'

type Usage = OpenAI.CompletionUsage & { cost: number; cost_details: { total: string } }
type Chunk = OpenAI.ChatCompletionChunk

const hello = [{ role: 'user' as const, content: 'Say hello to the world.' }]
const request = { model: 'speka/sandbox', messages: hello }

/** All that the gateway answers here is held to OpenAI's description. */
const wire = conformingFetch()

let gateway: Gateway
let client: OpenAI

beforeAll(async () => {
  gateway = await spawnGateway({
    providers: {
      down: { type: 'openai-compatible', base_url: `http://127.0.0.1:${await freePort()}/v1`, api_key: 'x' },
    },
    models: { 'acme/down': { targets: [{ provider: 'down', model: 'any' }], price: { input: '1', output: '1' } } },
    routing: { fallbacks: { 'acme/down': ['speka/sandbox'] } },
  })
  // No retries of its own: what the gateway does not repeat fails here.
  client = new OpenAI({ baseURL: gateway.baseURL, apiKey: gateway.key, maxRetries: 0, fetch: wire })
})

afterEach(() => wire.verify())
afterAll(() => gateway?.close())

describe('the official OpenAI SDK for Node, an answer', () => {
  test('has text, usage, cost and the id of its request', async () => {
    const answer = await client.chat.completions.create(request)
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'speka/sandbox' })
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', message: { role: 'assistant' } })
    expect(answer.choices[0]?.message.content).toContain('Say hello to the world.')
    const usage = answer.usage as Usage
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    expect(usage.cost).toBeGreaterThan(0)
    expect(usage.cost).toBe(Number(usage.cost_details.total))
    expect(answer._request_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
  })

  test('comes although the upstream is limited twice', async () => {
    const answer = await client.chat.completions.create({ ...request, model: 'speka/sandbox:429x2' })
    expect(answer.choices[0]?.message.content).not.toBe('')
  })

  test('can have several choices', async () => {
    const answer = await client.chat.completions.create({ ...request, n: 3 })
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  test('tells where it came from in its headers', async () => {
    const { response } = await client.chat.completions.create(request).withResponse()
    expect(response.headers.get('x-speka-model')).toBe('speka/sandbox')
    expect(response.headers.get('x-speka-attempts')).toBe('1')
    expect(Number(response.headers.get('x-speka-cost-usd'))).toBeGreaterThan(0)
  })

  test('can be got in two ways from one route: as it is, and streamed', async () => {
    const answer = await client.chat.completions.create(request)
    const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }))
    expect(piecesOf(chunks).join('')).toBe(answer.choices[0]?.message.content)
  })
})

describe('the official OpenAI SDK for Node, a stream', () => {
  test('has a choice in every chunk, the role in the first, the finish in the last', async () => {
    const chunks = await collect(await client.chat.completions.create({ ...request, stream: true }))
    expect(chunks.filter((chunk) => chunk.choices.length !== 1)).toEqual([])
    expect(chunks.filter((chunk) => chunk.usage)).toEqual([])
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  test('ends with usage and cost when they are asked for', async () => {
    const { usage } = await client.chat.completions.create(request)
    const chunks = await collect(
      await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }),
    )
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage })
  })

  test('is put together by the helper', async () => {
    const stream = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } })
    const deltas: string[] = []
    stream.on('content.delta', ({ delta }) => deltas.push(delta))
    const answer = await stream.finalChatCompletion()
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: deltas.join('') } })
    expect(await stream.finalContent()).toBe(deltas.join(''))
    expect((await stream.totalUsage()).completion_tokens).toBe(answer.usage?.completion_tokens)
  })

  test('raises after the pieces that arrived when the upstream breaks off', async () => {
    const { pieces, error } = await readUntilError('speka/sandbox:cut@5')
    expect(pieces).toHaveLength(5)
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({ code: expect.stringMatching(/^upstream_/), type: 'upstream_error' })
  })

  test.each([
    { what: 'the upstream ends without a finish', model: 'speka/sandbox:eof@5', pieces: 5 },
    { what: 'the upstream sends garbage', model: 'speka/sandbox:garbage@5', pieces: 5 },
    { what: 'the upstream reports an error', model: 'speka/sandbox:error@5', pieces: 5 },
  ])('raises when $what', async ({ model, pieces: delivered }) => {
    const { pieces, error } = await readUntilError(model)
    expect(pieces).toHaveLength(delivered)
    expect(error).toBeInstanceOf(OpenAI.APIError)
  })

  test('that fails before its first piece is an error like any other', async () => {
    const failing = client.chat.completions.create({ ...request, model: 'speka/sandbox:error@0', stream: true })
    await expect(failing).rejects.toMatchObject({ status: 502, type: 'upstream_error' })
  })

  test('can be left early: the record says so, and the client goes on', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ ...request, model: 'speka/sandbox:slow', stream: true })
      .withResponse()
    const pieces: string[] = []
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content
      if (piece) pieces.push(piece)
      if (pieces.length === 3) break
    }
    const record = await recordOf(response.headers.get('x-request-id'))
    expect(record).toMatchObject({ outcome: 'cancelled' })
    expect((await client.chat.completions.create(request)).choices).toHaveLength(1)
  })

  test('can be aborted by a signal before it begins', async () => {
    const leaving = new AbortController()
    setTimeout(() => leaving.abort(), 50)
    const waiting = client.chat.completions.create(
      { ...request, model: 'speka/sandbox:wait@5000', stream: true },
      { signal: leaving.signal },
    )
    await expect(waiting).rejects.toThrow(OpenAI.APIUserAbortError)
  })
})

describe('the official OpenAI SDK for Node, tools and structure', () => {
  const GetWeather = zodFunction({
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: z.object({ city: z.string() }),
  })
  const Weather = z.object({ city: z.string(), degrees: z.number().int(), clear: z.boolean() })

  test.each([{ stream: false as const }, { stream: true as const }])(
    'runs the tools that the model asks for (streamed: $stream)',
    async ({ stream }) => {
      const asked: unknown[] = []
      const options = {
        model: 'speka/sandbox',
        messages: [{ role: 'user' as const, content: 'What is the weather in Oslo?' }],
        tools: [
          {
            type: 'function' as const,
            function: {
              name: 'get_weather',
              description: 'The weather in a city.',
              parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
              parse: JSON.parse,
              function(given: unknown) {
                asked.push(given)
                return '4 degrees and clear'
              },
            },
          },
        ],
      }
      const runner = stream
        ? client.chat.completions.runTools({ ...options, stream: true })
        : client.chat.completions.runTools(options)
      expect(await runner.finalContent()).toContain('4 degrees and clear')
      expect(asked).toEqual([{ city: expect.any(String) }])
    },
  )

  test('reads the arguments of a streamed tool call with a zod schema', async () => {
    const answer = await client.chat.completions.stream({ ...request, tools: [GetWeather] }).finalChatCompletion()
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'get_weather', parsed_arguments: { city: expect.any(String) } },
    })
  })

  test('reads a structured answer with a zod schema', async () => {
    const answer = await client.chat.completions.parse({
      ...request,
      response_format: zodResponseFormat(Weather, 'weather'),
    })
    expect(Weather.safeParse(answer.choices[0]?.message.parsed)).toMatchObject({ success: true })
  })
})

describe('the official OpenAI SDK for Node, fallback', () => {
  test('goes to the models that the request names', async () => {
    const named = { ...request, model: 'speka/sandbox:500', models: ['speka/sandbox'] }
    const { data: answer, response } = await client.chat.completions.create(named).withResponse()
    expect(answer.model).toBe('speka/sandbox')
    expect(response.headers.get('x-speka-model')).toBe('speka/sandbox')
    expect(Number(response.headers.get('x-speka-attempts'))).toBeGreaterThan(1)
  })

  test.each([{ stream: false }, { stream: true }])(
    'goes to the models that the configuration names (streamed: $stream)',
    async ({ stream }) => {
      const { data: answer } = await client.chat.completions
        .create({ ...request, model: 'acme/down', stream })
        .withResponse()
      const models = 'choices' in answer ? [answer.model] : (await collect(answer)).map(({ model }) => model)
      expect(new Set(models)).toEqual(new Set(['speka/sandbox']))
    },
  )

  test('streams whole from the second model when the first fails before its first piece', async () => {
    const named = { ...request, model: 'speka/sandbox:cut@0', models: ['speka/sandbox'], stream: true as const }
    const pieces = piecesOf(await collect(await client.chat.completions.create(named)))
    const alone = await client.chat.completions.create(request)
    expect(pieces.join('')).toBe(alone.choices[0]?.message.content)
  })
})

describe('the official OpenAI SDK for Node, errors', () => {
  test.each([
    {
      what: 'a wrong key',
      ask: () => client.withOptions({ apiKey: 'sk-speka-live-wrong' }).chat.completions.create(request),
      kind: OpenAI.AuthenticationError,
      error: { status: 401, code: 'invalid_api_key' },
    },
    {
      what: 'a well-formed key that nobody was given',
      ask: () => client.withOptions({ apiKey: mintKey('live') }).chat.completions.create(request),
      kind: OpenAI.AuthenticationError,
      error: { status: 401, code: 'invalid_api_key' },
    },
    {
      what: 'an unknown model',
      ask: () => client.chat.completions.create({ ...request, model: 'speka/sandbx' }),
      kind: OpenAI.NotFoundError,
      error: {
        status: 404,
        code: 'model_not_found',
        param: 'model',
        message: expect.stringContaining('speka/sandbox'),
      },
    },
    {
      what: 'a field of the wrong type',
      ask: () => client.chat.completions.create({ ...request, temperature: 'warm' as unknown as number }),
      kind: OpenAI.BadRequestError,
      error: { status: 400, code: 'invalid_value', param: 'temperature' },
    },
    {
      what: 'no messages',
      ask: () => client.chat.completions.create({ ...request, messages: [] }),
      kind: OpenAI.BadRequestError,
      error: { status: 400, param: 'messages' },
    },
    {
      what: 'a prompt that does not fit',
      ask: () => client.chat.completions.create({ ...request, model: 'speka/sandbox:context_length' }),
      kind: OpenAI.BadRequestError,
      error: { status: 400, code: 'context_length_exceeded' },
    },
    {
      what: 'an upstream that always fails',
      ask: () => client.chat.completions.create({ ...request, model: 'speka/sandbox:500' }),
      kind: OpenAI.InternalServerError,
      error: { status: 502, code: 'upstream_error', type: 'upstream_error' },
    },
    {
      what: 'a path that is not there',
      ask: () => client.post('/nothing'),
      kind: OpenAI.NotFoundError,
      error: { status: 404, code: 'unknown_url' },
    },
  ])('of its own kind for $what', async ({ ask, kind, error }) => {
    const raised: unknown = await Promise.resolve(ask()).catch((reason: unknown) => reason)
    expect(raised).toBeInstanceOf(kind)
    expect(raised).toMatchObject({ ...error, requestID: expect.any(String) })
  })

  test('are not repeated by the client when the gateway has done so', async () => {
    let requests = 0
    const patient = client.withOptions({
      maxRetries: 2,
      fetch: (...args: Parameters<typeof fetch>) => {
        requests += 1
        return wire(...args)
      },
    })
    const failing = patient.chat.completions.create({ ...request, model: 'speka/sandbox:500' })
    await expect(failing).rejects.toThrow(OpenAI.InternalServerError)
    expect(requests).toBe(1)
  })
})

describe('the official OpenAI SDK for Node, models', () => {
  test('are listed', async () => {
    const models = await collect(client.models.list())
    expect(models).toContainEqual(expect.objectContaining({ id: 'speka/sandbox', object: 'model' }))
  })

  test('are found by an id with a slash', async () => {
    expect(await client.models.retrieve('speka/sandbox')).toMatchObject({ id: 'speka/sandbox', object: 'model' })
  })

  test('that do not exist are not found', async () => {
    await expect(client.models.retrieve('nobody/nothing')).rejects.toThrow(OpenAI.NotFoundError)
  })
})

test("all of that was held to OpenAI's description", () => {
  for (const shape of ['chat completion', 'chat completion chunk', 'error', 'model', 'models'] as const)
    expect(wire.checked.get(shape)).toBeGreaterThan(0)
})

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The content of each chunk that has some. */
function piecesOf(chunks: readonly Chunk[]): string[] {
  return chunks.flatMap((chunk) => chunk.choices[0]?.delta.content || [])
}

async function readUntilError(model: string): Promise<{ pieces: string[]; error: unknown }> {
  const chunks: Chunk[] = []
  try {
    for await (const chunk of await client.chat.completions.create({ ...request, model, stream: true })) {
      chunks.push(chunk)
    }
  } catch (error) {
    return { pieces: piecesOf(chunks), error }
  }
  return { pieces: piecesOf(chunks), error: undefined }
}

/** The record of a request, which may be written a moment after its caller has left. */
async function recordOf(id: string | null): Promise<unknown> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const record = await client.get<{ outcome?: string }>('/generation', { query: { id } }).catch((error: unknown) => {
      if (error instanceof OpenAI.NotFoundError) return undefined
      throw error
    })
    if (record !== undefined) return record
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`There is no record of ${id}.`)
}
