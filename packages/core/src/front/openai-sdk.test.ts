import OpenAI, { APIError, APIUserAbortError, NotFoundError, RateLimitError } from 'openai'
import { expectTypeOf } from 'expect-type'
import { assembleGateway } from '../gateway.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { ChatChunk, ChatCompletion, ChatRequest } from '../operations/chat/chat.ts'

/** The official SDK, whose gateway has only its sandbox: no port is opened, and no time passes but the clock's. */
function open() {
  const clock = createFakeClock()
  const transport = {
    send: () => {
      throw new Error('nothing but the sandbox is asked')
    },
  }
  const gateway = assembleGateway({ config: {}, transport, clock, random: () => 0.5 })
  const openai = new OpenAI({ apiKey: 'unused', fetch: gateway.fetch, maxRetries: 0, baseURL: 'http://in-process/v1' })
  /** Lets the clock run until `promise` is settled. */
  const within = async <Value>(promise: Promise<Value>): Promise<Value> => {
    const state = { settled: false }
    const noted = promise.finally(() => (state.settled = true))
    noted.catch(() => {})
    for (let turn = 0; turn < 2000 && !state.settled; turn += 1) {
      await clock.advance(50)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return noted
  }
  return { openai, within }
}

const messages = [{ role: 'user' as const, content: 'Say hello' }]

test('it gets an answer', async () => {
  const { openai, within } = open()
  const answer = await within(openai.chat.completions.create({ model: 'speka/sandbox', messages }))
  expect(answer.choices[0]?.message.content).toEqual(expect.stringMatching(/./))
  expect(answer.usage).toMatchObject({ cost: expect.any(Number) })
})

test('it streams one, with usage', async () => {
  const { openai, within } = open()
  const read = async () => {
    const stream = openai.chat.completions.stream({
      model: 'speka/sandbox',
      messages,
      stream_options: { include_usage: true },
    })
    return [await stream.finalContent(), await stream.totalUsage()] as const
  }
  const [text, usage] = await within(read())
  expect(text).toMatch(/./)
  expect(usage.total_tokens).toBeGreaterThan(0)
})

test.each([
  ['speka/nothing', NotFoundError, 'model_not_found'],
  ['speka/sandbox:429', RateLimitError, 'rate_limit_exceeded'],
  ['speka/sandbox:500', APIError, 'upstream_error'],
])('it recognises what goes wrong with %s', async (model, kind, code) => {
  const { openai, within } = open()
  const error: unknown = await within(openai.chat.completions.create({ model, messages })).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(kind)
  expect(error).toMatchObject({ code, requestID: expect.any(String) })
})

test.each(['speka/sandbox:cut@3', 'speka/sandbox:eof@3', 'speka/sandbox:error@3', 'speka/sandbox:stall@3'])(
  'it is told that %s broke, after what had come',
  async (model) => {
    const { openai, within } = open()
    let chunks = 0
    const read = async () => {
      for await (const _ of await openai.chat.completions.create({ model, messages, stream: true })) chunks += 1
    }
    await expect(within(read())).rejects.toBeInstanceOf(APIError)
    expect(chunks).toBeGreaterThan(2)
  },
)

test('it can be told to stop', async () => {
  const { openai, within } = open()
  const abort = new AbortController()
  const answer = openai.chat.completions.create(
    { model: 'speka/sandbox:stall@0', messages, stream: true },
    { signal: abort.signal },
  )
  setImmediate(() => abort.abort())
  await expect(within(answer.then((stream) => stream.toReadableStream()))).rejects.toBeInstanceOf(APIUserAbortError)
})

test('it lists the models', async () => {
  const { openai } = open()
  const ids = (await openai.models.list()).data.map(({ id }) => id)
  expect(ids).toContain('speka/sandbox')
  expect((await openai.models.retrieve('speka/sandbox')).id).toBe('speka/sandbox')
})

test('its types and ours fit', () => {
  expectTypeOf<OpenAI.ChatCompletionCreateParamsNonStreaming>().toExtend<ChatRequestOf>()
  expectTypeOf<Pick<ChatCompletion, 'id' | 'object' | 'created' | 'model'>>().toExtend<
    Pick<OpenAI.ChatCompletion, 'id' | 'object' | 'created' | 'model'>
  >()
  expectTypeOf<ChatChunk['choices'][number]['delta']['content']>().toExtend<
    OpenAI.ChatCompletionChunk.Choice.Delta['content']
  >()
  expectTypeOf<OpenAI.ChatCompletionChunk['choices'][number]['finish_reason']>().toExtend<
    ChatChunk['choices'][number]['finish_reason']
  >()
})

/** The fields that the gateway itself reads. */
type ChatRequestOf = Pick<
  ChatRequest,
  'model' | 'stream' | 'max_tokens' | 'max_completion_tokens' | 'n' | 'stop' | 'seed'
>
