import { assembleGateway } from '../gateway.ts'
import { ask, config } from '../front/ask.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { completion, createFakeTransport, json } from './transport.fake.ts'

const answer = json(200, completion('Hi'))
const refusal = (status: number, headers = {}) => json(status, { error: { message: 'no' } }, headers)
const several = {
  providers: {
    ...config.providers,
    one: { type: 'openai-compatible', base_url: 'http://one', api_key: ['k1', 'k2', 'k3'] },
  },
} as const

test.each([401, 402, 403, 429])('a key that gets a %i gives way to the next, at once', async (status) => {
  const asked = await ask([refusal(status), refusal(status), answer], { stream: false, config: several }).over()
  expect(asked.sent.map(({ to }) => to.credential)).toEqual(['k1', 'k2', 'k3'])
  expect(asked.sent.map(({ at }) => at)).toEqual([0, 0, 0])
  expect(asked.record).toMatchObject({ outcome: 'complete' })
})

test('all keys refused: the caller hears of the gateway, never of a 401', async () => {
  const asked = await ask([refusal(401), refusal(401), refusal(401)], { stream: false, config: several }).over()
  expect(asked.error).toMatchObject({ code: 'upstream_auth_failed', status: 502, retry: false })
})

test('a target with other keys left is not given up for the next one', async () => {
  const asked = await ask([refusal(429), answer], { model: 'b', stream: false, config: several }).over()
  expect(asked.sent.map(({ to }) => `${to.id} ${to.credential}`)).toEqual(['one k1', 'one k2'])
})

test('a key goes without the white space around it', async () => {
  const one = { type: 'openai-compatible', base_url: 'http://one', api_key: ' sk-line\r\n' } as const
  const asked = await ask([answer], { stream: false, config: { providers: { ...config.providers, one } } }).over()
  expect(asked.sent.map(({ to }) => to.credential)).toEqual(['sk-line'])
})

describe('over several requests', () => {
  const keys = ['k1', 'k2']
  const provider = { type: 'openai-compatible', base_url: 'http://one', api_key: keys } as const
  const messages = [{ role: 'user', content: 'hi' }]

  /** Which keys each of four requests goes with, where the first key is answered so. */
  async function keysOf(status: number): Promise<string[]> {
    const clock = createFakeClock()
    const transport = createFakeTransport(clock, ({ to }) => (to.credential === 'k1' ? refusal(status) : answer))
    const gateway = assembleGateway({
      config: { ...config, providers: { ...config.providers, one: provider } },
      transport,
      clock,
      random: () => 0.5,
    })
    const asked: string[] = []
    for (let request = 0; request < 4; request += 1) {
      const before = transport.sent.length
      const answered = gateway.chat({ model: 'a', messages })
      await clock.advance(10)
      await answered
      asked.push(
        transport.sent
          .slice(before)
          .map(({ to }) => to.credential)
          .join(' '),
      )
    }
    return asked
  }

  test.each([401, 402])('one that got a %i is left out by those that follow', async (status) => {
    expect(await keysOf(status)).toEqual(['k1 k2', 'k2', 'k2', 'k2'])
  })

  test('one that got a 429 has its turn again', async () => {
    const asked = await keysOf(429)
    expect(asked.filter((credentials) => credentials.startsWith('k1')).length).toBeGreaterThan(1)
  })
})
