import { completion, createFakeTransport, json, saying, stream, type ReplyScript } from '../attempt/transport.fake.ts'
import { assembleGateway } from '../gateway.ts'
import { ratesLayer } from '../limits/rates-layer.ts'
import { LocalRates } from '../limits/rates/local-rates.ts'
import { RateCounts } from '../limits/rates/rate-counts.ts'
import { rate } from '../limits/rates/rates.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { config } from './ask.fake.ts'

/** What a caller with 2 requests a minute gets, through `fetch`. */
function limited(script: readonly ReplyScript[]) {
  const clock = createFakeClock()
  const rates = new LocalRates({ counts: new RateCounts(), now: () => clock.monotonic() })
  const book = { appliedTo: () => ({ money: [], rates: [rate('rpm', 2)] }) }
  const gateway = assembleGateway({
    config,
    transport: createFakeTransport(clock, script),
    clock,
    random: () => 0.5,
    layers: { rates: [ratesLayer({ book, rates, clock })] },
  })
  return async (fields: object = {}): Promise<Response> => {
    const body = JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'hi' }], ...fields })
    const answer = gateway.fetch('http://here/v1/chat/completions', { method: 'POST', body })
    await clock.advance(0)
    return answer
  }
}

const told = ({ status, headers }: Response) => [
  status,
  ...['limit', 'remaining', 'reset'].map((each) => headers.get(`x-ratelimit-${each}-requests`)),
]

test('every answer of a limited caller tells where its rates stand', async () => {
  const ask = limited([stream(saying('Hi')), json(200, completion())])
  expect(told(await ask({ stream: true }))).toEqual([200, '2', '1', '1m0s'])
  expect(told(await ask({ model: 'nobody' }))).toEqual([404, '2', '1', '1m0s'])
  expect(told(await ask())).toEqual([200, '2', '0', '1m0s'])
  const refused = await ask()
  expect(told(refused)).toEqual([429, '2', '0', '1m0s'])
  expect([refused.headers.get('retry-after'), refused.headers.get('retry-after-ms')]).toEqual(['60', '60000'])
  expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', limit: { kind: 'rpm' } } })
})

test.each([true, false])('an answer that fails tells it too (stream: %s)', async (isStream) => {
  const ask = limited([json(400, { error: { message: 'no' } })])
  expect(told(await ask({ stream: isStream }))).toEqual([400, '2', '1', '1m0s'])
})
