import { readFileSync } from 'node:fs'
import type { GatewayConfig } from '../config.ts'
import { ask, config as usual } from '../front/ask.fake.ts'
import { completion, event, json, streamHead, type ReplyScript } from './transport.fake.ts'

const config: GatewayConfig = {
  ...usual,
  providers: {
    ...usual.providers,
    anthropic: { type: 'anthropic', api_key: 'key-a' },
    gemini: { type: 'gemini', api_key: 'key-g' },
  },
  models: {
    ...usual.models,
    'claude*': { targets: [{ provider: 'anthropic' }], price: { input: '1', output: '2' } },
    'gemini*': { targets: [{ provider: 'gemini' }], price: { input: '1', output: '2' } },
  },
  routing: { content_policy_fallbacks: { '*': ['a'] } },
}

const fixture = (name: string): string => readFileSync(new URL(`../providers/${name}`, import.meta.url), 'utf8')

/** A stream that ends when the text does. */
const events = (text: string): ReplyScript => [streamHead, { data: text }, { end: true }]

const upstreams = [
  {
    name: 'Anthropic',
    model: 'claude-opus-5',
    origin: 'https://api.anthropic.com/v1',
    header: 'x-api-key',
    path: '/messages',
    text: fixture('anthropic/__fixtures__/text.sse'),
    answer: fixture('anthropic/__fixtures__/message.json'),
    declined: fixture('anthropic/__fixtures__/refusal-at-once.sse'),
    counted: { prompt_tokens: 12, completion_tokens: 11, total_tokens: 23, cost: 0.000034 },
  },
  {
    name: 'Gemini',
    model: 'gemini-3-flash',
    origin: 'https://generativelanguage.googleapis.com/v1beta',
    header: 'x-goog-api-key',
    path: '/models/gemini-3-flash:streamGenerateContent?alt=sse',
    text: fixture('gemini/__fixtures__/text.sse'),
    answer: fixture('gemini/__fixtures__/response.json'),
    declined: fixture('gemini/__fixtures__/blocked.sse'),
    counted: { prompt_tokens: 9, completion_tokens: 195, total_tokens: 204, cost: 0.000399 },
  },
]

describe.each(upstreams)('$name as an upstream', ({ model, origin, header, path, text, answer, declined, counted }) => {
  test('streams, and is priced at the end', async () => {
    const request = { stream_options: { include_usage: true } }
    const asked = await ask([events(text)], { config, model, request }).over()
    expect(asked.sent).toMatchObject([{ path, to: { origin, credentialHeader: header } }])
    expect(asked.text).toBe('Grüße, "Welt"\n 😀')
    expect(asked.endedWithDone).toBe(true)
    expect(asked.chunks.at(-1)).toMatchObject({ choices: [], usage: counted })
    expect(asked.record).toMatchObject({ outcome: 'complete', finishReason: 'stop' })
  })

  test('gives no usage to a caller that did not ask for it', async () => {
    const asked = await ask([events(text)], { config, model }).over()
    expect(asked.chunks.filter(({ usage, choices }) => usage !== undefined || choices.length === 0)).toEqual([])
    expect(asked.record.usage.inputTokens).toBe(counted.prompt_tokens)
  })

  test('never looks finished when it broke off', async () => {
    const whole = text.split(/(?<=\r?\n\r?\n)/)
    for (let count = 0; count < whole.length - 2; count += 1) {
      const asked = await ask(() => events(whole.slice(0, count).join('')), { config, model }).over()
      expect(asked.error?.code).toBe('upstream_incomplete')
      expect(asked.endedWithDone).toBe(false)
    }
  })

  test('is metered by what it had counted when it broke off', async () => {
    const whole = text.split(/(?<=\r?\n\r?\n)/)
    const asked = await ask([events(whole.slice(0, -3).join(''))], { config, model }).over()
    expect(asked.record).toMatchObject({ outcome: 'interrupted', usage: { inputTokens: counted.prompt_tokens } })
  })

  test('answers in JSON, with the cost in it', async () => {
    const asked = await ask([json(200, answer)], { config, model, stream: false }).over()
    expect(asked.completion).toMatchObject({ object: 'chat.completion', model, usage: { cost: expect.any(Number) } })
    expect(asked.completion.choices[0]).toMatchObject({ logprobs: null, message: { refusal: null } })
  })

  test('answers a stream that got JSON in its place', async () => {
    const asked = await ask([json(200, answer)], { config, model }).over()
    expect(asked.text).toBe('Let me "usage": {} \\ 😀')
    expect(asked.endedWithDone).toBe(true)
    expect(asked.chunks.map(({ choices }) => choices[0]?.finish_reason).at(-1)).toBe('tool_calls')
  })

  test('makes way for another model when it declines the content', async () => {
    const asked = await ask([events(declined), json(200, completion('Hi'))], { config, model }).over()
    expect([asked.text, asked.record.model]).toEqual(['Hi', 'a'])
  })

  test('is not asked what cannot be put into its words, and is not blamed for it', async () => {
    const request = { messages: [{ role: 'user', content: [{ type: 'smell' }] }] }
    const asked = await ask([], { config, model, request }).over()
    expect(asked.error).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'messages[0].content[0].type',
    })
    expect(asked.record.attempts).toMatchObject([{ outcome: 'unfit', message: 'cannot be asked this' }])
  })

  test('makes way for another that may be asked it', async () => {
    const request = { messages: [{ role: 'user', content: [{ type: 'smell' }] }], models: ['a'] }
    const asked = await ask([json(200, completion('Hi'))], { config, model, request, stream: false }).over()
    expect(asked.record).toMatchObject({ outcome: 'complete', model: 'a' })
  })

  test('that is left in the middle has a count all the same', async () => {
    const half = text.slice(0, text.lastIndexOf('data:', text.length * 0.7))
    const leaving = ask([[streamHead, { data: half }]], { config, model })
    await leaving.clock.advance(50)
    leaving.run.abort()
    await leaving.over()
    // Both count as they go: what was told at the beginning is not what was delivered.
    expect(leaving.record).toMatchObject({ outcome: 'cancelled' })
    expect(leaving.record.usage.outputTokens).toBeGreaterThanOrEqual(2)
    expect(leaving.record.charge).toBeGreaterThan(0n)
  })

  test('says what it left out', async () => {
    const asked = await ask([events(text)], { config, model, request: { logit_bias: { 1: 2 } } }).over()
    expect(asked.commitment?.droppedParams).toEqual(['logit_bias'])
  })
})

test("a model behind a glob stays below its provider's own path, whatever its name", async () => {
  const asked = await ask([json(404, {})], { config, model: 'gemini/../../admin?x=', stream: false }).over()
  expect(asked.sent[0]?.path).toBe('/models/gemini%2F..%2F..%2Fadmin%3Fx%3D:generateContent')
})

test('a picture in a stream may be longer than any words, and is not counted as such', async () => {
  const data = 'A'.repeat(4_000_000)
  const part = { inlineData: { mimeType: 'image/png', data } }
  const response = { candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }] }
  const asked = await ask([events(`data: ${JSON.stringify(response)}\n\n`)], {
    config,
    model: 'gemini-2.5-flash-image',
  }).over()
  const images = asked.chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.images ?? []))
  expect(images).toEqual([{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }])
  expect(asked.record).toMatchObject({ outcome: 'complete' })
  expect(asked.record.usage.outputTokens).toBeLessThan(10)
})

test.each([true, false])(
  "nor where an upstream of OpenAI's kind sends it and counts nothing: stream %s",
  async (streams) => {
    const images = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(400_000)}` } }]
    const said = { role: 'assistant', content: 'Here', images }
    const head = { id: 'x', created: 1, model: 'up' }
    const chunk = (delta: object, reason: string | null) =>
      event({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })
    const whole = json(200, {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: said, finish_reason: 'stop' }],
    })
    const script = streams ? events(chunk(said, null) + chunk({}, 'stop')) : whole
    const { record } = await ask([script], { model: 'a', stream: streams }).over()
    expect(record).toMatchObject({ outcome: 'complete', usage: { estimated: true } })
    expect(record.usage.outputTokens).toBeLessThan(10)
  },
)
