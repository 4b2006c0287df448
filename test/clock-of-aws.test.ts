import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway } from '@speka/core/node'

const MINUTE_MS = 60_000

/** How far the clock of AWS is ahead of ours, in ms. */
let aheadMs: number
let cloud: Server
let origin: string
/** Where requests came, and by what time they were signed. */
const came: { readonly path: string; readonly signed: string }[] = []

const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
const momentOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

const nova = {
  output: { message: { role: 'assistant', content: [{ text: 'Nova' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 },
}
const other = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'other',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Other' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}

beforeAll(async () => {
  cloud = createServer((request, response) => {
    request.resume()
    const { url: path = '', headers } = request
    const signed = String(headers['x-amz-date'] ?? '')
    came.push({ path, signed })
    response.setHeader('content-type', 'application/json')
    if (!path.endsWith('/converse')) {
      response.end(JSON.stringify(other))
      return
    }
    const now = Date.now() + aheadMs
    response.setHeader('date', new Date(now).toUTCString())
    const off = momentOf(signed) - now
    if (Math.abs(off) <= 5 * MINUTE_MS) {
      response.end(JSON.stringify(nova))
      return
    }
    response.statusCode = 403
    response.setHeader(
      'x-amzn-errortype',
      'InvalidSignatureException:http://internal.amazon.com/coral/com.amazon.coral.service/',
    )
    const message =
      off < 0
        ? `Signature expired: ${signed} is now earlier than ${stamp(now - 5 * MINUTE_MS)} (${stamp(now)} - 5 min.)`
        : `Signature not yet current: ${signed} is still later than ${stamp(now + 5 * MINUTE_MS)} (${stamp(now)} + 5 min.)`
    response.end(JSON.stringify({ message }))
  })
  await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`
})

beforeEach(() => {
  came.length = 0
})

afterAll(() => {
  cloud.closeAllConnections()
  cloud.close()
})

const gatewayOf = (fallbacks: Record<string, string[]>) =>
  createGateway({
    config: {
      providers: {
        bedrock: {
          type: 'bedrock',
          base_url: origin,
          region: 'us-east-1',
          identity: { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'a-secret' },
        },
        plain: { type: 'openai-compatible', base_url: `${origin}/v1`, api_key: 'k' },
      },
      models: {
        nova: {
          targets: [{ provider: 'bedrock', model: 'amazon.nova-lite-v1:0' }],
          price: { input: '1', output: '1' },
        },
        other: { targets: [{ provider: 'plain' }], price: { input: '2', output: '2' } },
      },
      routing: { fallbacks },
    },
  })

const request = { model: 'nova', messages: [{ role: 'user' as const, content: 'Hi' }] }

test.each([
  ['behind', 6 * MINUTE_MS],
  ['ahead', -6 * MINUTE_MS],
])(
  'a clock that is minutes %s is the operator’s to set: another target answers, and that alone is charged',
  async (_, ahead) => {
    aheadMs = ahead
    const gateway = gatewayOf({ nova: ['other'] })
    const answer = await gateway.chat(request)
    expect([answer.choices[0]?.message.content, answer.cost]).toEqual(['Other', '0.000008'])
    expect(came.map(({ path }) => path)).toEqual([expect.stringMatching(/converse$/), '/v1/chat/completions'])
    expect(JSON.stringify(answer.attempts)).toContain('credential')
  },
)

test('whoever has no other target is told of the clock, and not that his request was wrong', async () => {
  aheadMs = 6 * MINUTE_MS
  const told: unknown = await gatewayOf({})
    .chat(request)
    .catch((error: unknown) => error)
  expect(told).toMatchObject({ code: 'upstream_auth_failed', message: expect.stringContaining('clock') })
})

test('what AWS says the time is counts from then on', async () => {
  aheadMs = 6 * MINUTE_MS
  const gateway = gatewayOf({})
  await expect(gateway.chat(request)).rejects.toMatchObject({ code: 'upstream_auth_failed' })
  const { choices } = await gateway.chat(request)
  expect(choices[0]?.message.content).toBe('Nova')
})
