import { readFileSync } from 'node:fs'
import { eventMessage, exceptionMessage } from '../bytes/__fixtures__/event-stream-message.ts'
import type { GatewayConfig } from '../config.ts'
import { ask, config as usual } from '../front/ask.fake.ts'
import type { ReplyScript } from './transport.fake.ts'

const config: GatewayConfig = {
  ...usual,
  providers: { bedrock: { type: 'bedrock', region: 'us-east-1', api_key: 'k' } },
  models: {
    m: { targets: [{ provider: 'bedrock', model: 'anthropic.claude-haiku' }], price: { input: '1', output: '2' } },
  },
  aliases: {},
  routing: { max_attempts: 1 },
}

const sse = readFileSync(new URL('../providers/anthropic/__fixtures__/text.sse', import.meta.url), 'utf8')
const events = [...sse.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1] ?? '')
const messages = events.map((event) => eventMessage('chunk', { bytes: Buffer.from(event).toString('base64') }))

const reply = (...chunks: readonly Buffer[]): ReplyScript => [
  { head: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' } },
  ...chunks.map((data) => ({ data })),
  { end: true },
]

test('a stream in a framing of its own is an answer like any other, wherever it is split', async () => {
  const whole = Buffer.concat(messages)
  const asked = await ask([reply(whole.subarray(0, 7), whole.subarray(7, 333), whole.subarray(333))], {
    config,
    model: 'm',
  }).over()
  expect(asked.text).toBe('Grüße, "Welt"\n 😀')
  expect(asked.endedWithDone).toBe(true)
  expect(asked.record).toMatchObject({ outcome: 'complete', finishReason: 'stop', usage: { outputTokens: 11 } })
})

test('one that breaks off is none', async () => {
  const asked = await ask([reply(Buffer.concat(messages).subarray(0, -400))], { config, model: 'm' }).over()
  expect(asked.error?.code).toBe('upstream_incomplete')
  expect(asked.endedWithDone).toBe(false)
})

test('one with a message that did not arrive as it was sent is broken, however whole it looks', async () => {
  const whole = Buffer.concat(messages)
  const at = whole.length - 60
  whole[at] = (whole[at] ?? 0) ^ 1
  const asked = await ask([reply(whole)], { config, model: 'm' }).over()
  expect(asked.error?.code).toBe('upstream_bad_response')
  expect(asked.endedWithDone).toBe(false)
  expect(asked.record.outcome).toBe('interrupted')
})

test('an exception before the first word is a failure that another target may mend', async () => {
  const asked = await ask([reply(exceptionMessage('throttlingException', 'Too many requests'))], {
    config,
    model: 'm',
  }).over()
  expect(asked.record).toMatchObject({ outcome: 'failed', attempts: [{ outcome: 'rate_limit' }] })
})

test('what is no event of the framing is an answer that cannot be read', async () => {
  const asked = await ask([reply(Buffer.from('<html>not at all what was asked for</html>'))], {
    config,
    model: 'm',
  }).over()
  expect(asked.error?.code).toBe('upstream_bad_response')
})
