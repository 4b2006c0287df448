import { ask, config } from '../front/ask.fake.ts'
import { completion, json } from './transport.fake.ts'

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
