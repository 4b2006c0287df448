import type { GatewayConfig } from '../config.ts'
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
