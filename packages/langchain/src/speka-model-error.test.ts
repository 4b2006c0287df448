import { ContextOverflowError, getRetryable, LangChainError } from '@langchain/core/errors'
import { HumanMessage } from '@langchain/core/messages'
import { createGateway, SpekaError } from '@speka/core/node'
import { ChatSpeka } from './chat-speka.ts'
import { SpekaEmbeddings } from './speka-embeddings.ts'
import { SpekaModelError, toLangChainError } from './speka-model-error.ts'

const gateway = createGateway({ config: { routing: { max_attempts: 1 } } })
const ask = (model: string, input: unknown[] | string = 'Hello!') =>
  new ChatSpeka({ model, gateway }).invoke(input as never)

async function errorOf(run: () => Promise<unknown>): Promise<SpekaModelError> {
  try {
    await run()
  } catch (error) {
    return error as SpekaModelError
  }
  throw new Error('nothing was thrown')
}

const cases = [
  {
    what: 'an unknown model',
    run: () => ask('speka/sandbux'),
    code: 'model_not_found',
    status: 404,
    langChain: 'MODEL_NOT_FOUND',
  },
  {
    what: 'a model without a key',
    run: () => ask('openai/gpt-oss-20b'),
    code: 'model_not_found',
    status: 404,
    langChain: 'MODEL_NOT_FOUND',
  },
  { what: 'no messages', run: () => ask('speka/sandbox', []), code: 'invalid_value', status: 400 },
  {
    what: 'declined content',
    run: () => ask('speka/sandbox:content_policy'),
    code: 'content_policy_violation',
    status: 400,
  },
  { what: 'a refused key upstream', run: () => ask('speka/sandbox:401'), code: 'upstream_auth_failed', status: 502 },
  {
    what: 'a rate limit',
    run: () => ask('speka/sandbox:429'),
    code: 'rate_limit_exceeded',
    status: 429,
    langChain: 'MODEL_RATE_LIMIT',
  },
  { what: 'a failed upstream', run: () => ask('speka/sandbox:500'), code: 'upstream_error', status: 502 },
  {
    what: 'a chat model asked for vectors',
    run: () => embed('openai/gpt-oss-20b'),
    code: 'wrong_endpoint',
    status: 400,
  },
  { what: 'an empty text to embed', run: () => embed('speka/sandbox', ''), code: 'invalid_value', status: 400 },
  {
    what: 'a wrong parameter',
    run: () => new ChatSpeka({ model: 'speka/sandbox', gateway, maxTokens: -1 }).invoke('?'),
    code: 'invalid_value',
    status: 400,
  },
]

const embed = (model: string, text = 'Hi') => new SpekaEmbeddings({ model, gateway }).embedQuery(text)

test.each(cases)("$what is LangChain's error with the gateway's $code", async ({ run, code, status, langChain }) => {
  const error = await errorOf(run)
  expect(error).toBeInstanceOf(SpekaModelError)
  expect(LangChainError.isInstance(error)).toBe(true)
  expect(SpekaError.is(error)).toBe(true)
  expect(error).toMatchObject({ code, status, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  expect(error.lc_error_code).toBe(langChain)
  expect(error.cause).toBeInstanceOf(SpekaError)
  expect(getRetryable(error)).toBe(error.retry)
})

test("a prompt that does not fit is LangChain's own error for that", async () => {
  const error = await errorOf(() => ask('speka/sandbox:context_length'))
  expect(ContextOverflowError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ code: 'context_length_exceeded', status: 400, requestId: expect.any(String) })
  expect(SpekaError.is(error)).toBe(true)
})

describe('without a key', () => {
  const before = process.env['SPEKA_API_KEY']
  beforeAll(() => void delete process.env['SPEKA_API_KEY'])
  afterAll(() => void (before !== undefined && (process.env['SPEKA_API_KEY'] = before)))

  test.each([
    { what: 'a chat model', run: () => new ChatSpeka({ model: 'a/b' }).invoke('?') },
    { what: 'a stream', run: () => new ChatSpeka({ model: 'a/b' }).stream('?') },
    { what: 'embeddings', run: () => new SpekaEmbeddings({ model: 'a/b' }).embedQuery('?') },
  ])('$what says so when it is asked', async ({ run }) => {
    const error = await errorOf(run)
    expect(error).toBeInstanceOf(SpekaModelError)
    expect(error).toMatchObject({ code: 'invalid_api_key', status: 401, lc_error_code: 'MODEL_AUTHENTICATION' })
    expect(error.message).toContain('SPEKA_API_KEY')
  })
})

/** How many calls are made of a gateway that does not retry. */
const tries = async (model: string, maxRetries?: number): Promise<number> => {
  let calls = 0
  const counting = createGateway({ config: { routing: { max_attempts: 1 } }, onUsage: () => void (calls += 1) })
  const fields = maxRetries === undefined ? {} : { maxRetries }
  await errorOf(() => new ChatSpeka({ model, gateway: counting, ...fields }).invoke('Hello!'))
  return calls
}

describe('trying again', () => {
  test.each(['speka/sandbox:500', 'speka/sandbox:429', 'speka/sandbox:400'])(
    'is left to the gateway: %s',
    async (model) => {
      expect(await tries(model)).toBe(1)
    },
  )

  test('is not done for what will not pass, even where LangChain shall repeat', async () => {
    expect(await tries('speka/sandbox:400', 3)).toBe(1)
    expect(await tries('speka/sandbox:500', 3)).toBe(1)
  })
})

test.each([new Error('other'), new DOMException('Left', 'AbortError'), 'text', undefined])(
  '%p stays what it is',
  (error) => {
    expect(toLangChainError(error)).toBe(error)
  },
)

test('image parts go to the upstream, which alone knows whether it sees', async () => {
  const content = [{ type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } }]
  expect((await ask('speka/sandbox', [new HumanMessage({ content })])).text).toContain('1 image')
})
