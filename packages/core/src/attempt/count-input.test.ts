import type { GatewayConfig, ProviderConfig } from '../config.ts'
import { readMessagesToCount } from '../dialects/messages/messages.ts'
import { assembleGateway } from '../gateway.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { createFakeTransport, json, type ReplyScript } from './transport.fake.ts'

const config: GatewayConfig = {
  providers: { anthropic: { type: 'anthropic', base_url: 'http://anthropic/v1', api_key: ['k1', 'k2'] } },
  models: { claude: { targets: [{ provider: 'anthropic', model: 'up' }], price: { input: '1', output: '1' } } },
}

function open(script: readonly ReplyScript[]) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const { engine } = assembleGateway({ config, transport, clock, random: () => 0.5 })
  const body = Buffer.from('{"model":"claude","messages":[{"role":"user","content":"Hi"}]}')
  const begin = (signal?: AbortSignal) =>
    engine.countInput(readMessagesToCount(body, { id: mintRequestId(0), receivedAt: 0, keyId: 'k' }), signal)
  const count = async () => {
    const [counted] = await Promise.allSettled([begin(), clock.advance(0)])
    if (counted.status === 'rejected') throw counted.reason
    return counted.value
  }
  return { clock, begin, count, sent: transport.sent }
}

const seven = json(200, { input_tokens: 7 })

test('keys of the operator take turns with counts, too', async () => {
  const { count, sent } = open([seven, seven])
  expect([(await count()).tokens, (await count()).tokens]).toEqual([7, 7])
  expect(sent.map(({ to }) => to.credential)).toEqual(['k1', 'k2'])
})

test('who is silent is not waited for long', async () => {
  const { clock, begin, sent } = open([[]])
  const counted = begin()
  await clock.advance(9_999)
  expect(sent[0]?.aborted).toBe(false)
  await clock.advance(1)
  expect(await counted).toMatchObject({ isEstimated: true })
  expect(sent[0]?.aborted).toBe(true)
})

test('who leaves is not asked for any more', async () => {
  const { clock, begin, sent } = open([[]])
  const left = new AbortController()
  const counted = begin(left.signal)
  await clock.advance(0)
  left.abort()
  await expect(counted).rejects.toMatchObject({ code: 'client_closed_request' })
  expect(sent[0]?.aborted).toBe(true)
})

const openAt = (provider: ProviderConfig, model: string, reply: ReplyScript) => {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [reply])
  const models = { m: { targets: [{ provider: 'there', model }], price: { input: '1', output: '1' } } }
  const { engine } = assembleGateway({
    config: { providers: { there: provider }, models },
    transport,
    clock,
    random: () => 0.5,
  })
  const count = async (request: object) => {
    const body = Buffer.from(JSON.stringify({ model: 'm', ...request }))
    const call = readMessagesToCount(body, { id: mintRequestId(0), receivedAt: 0, keyId: 'k' })
    const [counted] = await Promise.allSettled([engine.countInput(call), clock.advance(0)])
    if (counted.status === 'rejected') throw counted.reason
    return counted.value
  }
  const asked = () => transport.sent.map(({ path, body }) => ({ path, body }))
  return { count, asked }
}

describe('a host that counts in its own way', () => {
  const said = { messages: [{ role: 'user', content: 'Hi' }], system: 'Be brief.' }
  const tools = [{ name: 'f', input_schema: { type: 'object' } }]
  const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
  const systemInstruction = { parts: [{ text: 'Be brief.' }] }
  const functions = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }]

  const places = [
    {
      what: 'Claude at Vertex',
      provider: { type: 'vertex', api_key: 'k' },
      model: 'anthropic/claude-sonnet-4-5@20250929',
      path: '/publishers/anthropic/models/count-tokens:rawPredict',
      asks: { ...said, tools, anthropic_version: 'vertex-2023-10-16', model: 'claude-sonnet-4-5@20250929' },
      answer: { input_tokens: 7 },
    },
    {
      what: 'Gemini at Vertex',
      provider: { type: 'vertex', api_key: 'k' },
      model: 'gemini-2.5-flash',
      path: '/publishers/google/models/gemini-2.5-flash:countTokens',
      asks: { systemInstruction, contents, tools: functions },
      answer: { totalTokens: 7 },
    },
    {
      what: 'Gemini',
      provider: { type: 'gemini', api_key: 'k' },
      model: 'gemini-2.5-flash',
      path: '/models/gemini-2.5-flash:countTokens',
      asks: {
        generateContentRequest: {
          model: 'models/gemini-2.5-flash',
          systemInstruction,
          contents,
          tools: functions,
        },
      },
      answer: { totalTokens: 7, promptTokensDetails: [] },
    },
  ] as const

  test.each(places)('$what is asked there', async ({ provider, model, path, asks, answer }) => {
    const { count, asked } = openAt(provider, model, json(200, answer))
    expect(await count({ ...said, tools })).toMatchObject({ tokens: 7, isEstimated: false })
    expect(asked()).toEqual([{ path, body: asks }])
  })

  test('Claude at Bedrock is asked for as itself, with the request within another', async () => {
    const provider = { type: 'bedrock', region: 'us-east-1', api_key: 'k' } as const
    const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
    const { count, asked } = openAt(provider, model, json(200, { inputTokens: 7 }))
    expect(await count(said)).toMatchObject({ tokens: 7, isEstimated: false })
    const [only] = asked()
    expect(only?.path).toBe('/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens')
    const { input } = (only?.body ?? {}) as { input: { invokeModel: { body: string } } }
    expect(JSON.parse(Buffer.from(input.invokeModel.body, 'base64').toString())).toEqual({
      ...said,
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 1,
    })
  })

  test('a model that Bedrock does not count for is estimated, and what is wrong with a request is told', async () => {
    const provider = { type: 'bedrock', region: 'us-east-1', api_key: 'k' } as const
    const refusing = (message: string) => {
      const reply = json(400, { message }, { 'x-amzn-errortype': 'ValidationException' })
      return openAt(provider, 'anthropic.claude-x', reply).count(said)
    }
    expect(await refusing("The provided model doesn't support counting tokens.")).toMatchObject({ isEstimated: true })
    await expect(refusing('messages.0.content: too strange')).rejects.toMatchObject({ status: 400 })
  })

  test('what a model has no word for is refused, as the request itself would be', async () => {
    const { count, asked } = openAt({ type: 'gemini', api_key: 'k' }, 'gemini-2.5-flash', json(200, {}))
    const strange = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '!' } }
    await expect(count({ messages: [{ role: 'user', content: [strange] }] })).rejects.toMatchObject({ status: 400 })
    expect(asked()).toEqual([])
  })
})
