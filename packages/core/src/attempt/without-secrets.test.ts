import type { GatewayConfig } from '../config.ts'
import { ask, type Asked } from '../front/ask.fake.ts'
import type { ProviderType } from '../providers/known-providers.ts'
import { errorBody, errorFrame } from '../wire/error-body.ts'
import { event, json, role, stream, word, type ReplyScript } from './transport.fake.ts'

const KEYS = ['xk_FirstCanary-0123456789abcdef', 'xk_OtherCanary-fedcba9876543210']

const types: readonly ProviderType[] = [
  'openai-compatible',
  'openai',
  'anthropic',
  'gemini',
  'mistral',
  'nvidia',
  'openrouter',
  'tgi',
  'ollama',
  'speka',
]

const error = (fields: object): object => ({
  error: { message: 'Bad', type: 'invalid_request_error', param: null, code: 'invalid_request', ...fields },
})

/** Where an upstream may quote a key, in a refusal that the caller gets to read. */
const places: Readonly<Record<string, (said: string) => ReplyScript>> = {
  'the sentence': (said) => json(400, error({ message: `Unknown field in ${said}.` })),
  'the end of a long sentence': (said) => json(400, error({ message: `${'x '.repeat(242)}${said}` })),
  'the field at fault': (said) => json(400, error({ param: said })),
  'the code': (said) => json(400, error({ code: said })),
  'the type': (said) => json(400, error({ type: said })),
  'a flat error': (said) => json(422, { object: 'error', message: said, param: said }),
  'a bare sentence': (said) => json(400, { error: said }),
  'a detail': (said) => json(422, { detail: [{ msg: said, loc: [said] }] }),
  'a prompt too long': (said) => json(400, error({ message: `prompt is too long: ${said}`, param: said })),
  'a header': (said) => json(400, error({}), { 'x-request-id': said, 'retry-after': said }),
  'a success that is an error': (said) => json(200, error({ message: said, param: said, code: 400 })),
  'a success that is not JSON': (said) => json(200, `{"choices":${said}`),
  'a refused key': (said) => json(401, error({ message: said, code: said })),
  'a page': (said) => json(502, `<html>${said}</html>`),
  'the first event': (said) => stream([event(error({ message: said, param: said, code: 400 }))]),
  'an event after output': (said) => stream([role(), word('Hi'), event(error({ message: said, param: said }))]),
  'an event that is not JSON': (said) => stream([role(), word('Hi'), event(`{${said}`)]),
}

const spellings: Readonly<Record<string, (key: string) => string>> = {
  plain: (key) => key,
  'in a header': (key) => `Bearer ${key}`,
  base64: (key) => Buffer.from(key).toString('base64'),
  'base64 of a header': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
  'in an address': (key) => `https://h/?key=${encodeURIComponent(key).replaceAll('-', '%2D')}`,
  'in capitals': (key) => key.toUpperCase(),
}

const ids: Partial<Record<ProviderType, string>> = { anthropic: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash' }

const configOf = (type: ProviderType): GatewayConfig => ({
  providers: { p: { type, base_url: 'http://upstream/v1', api_key: KEYS } },
  models: { m: { targets: [{ provider: 'p', model: ids[type] ?? 'up' }], price: { input: '1', output: '2' } } },
  routing: { max_attempts: 1 },
})

/** All that leaves: what the caller gets, what is recorded, and what a log would be told. */
function leaving({ error: failure, record, written, tail }: Asked): string {
  const told = failure === undefined ? [] : [errorBody(failure), errorFrame(failure).toString(), failure.requestId]
  const kept = JSON.stringify({ ...record, charge: undefined, price: undefined, attempts: [] }, withoutBigInts)
  const attempts = record.attempts.map(({ message, outcome }) => `${message} ${outcome}`)
  return [JSON.stringify(told), kept, ...attempts, written, tail, causesOf(failure)].join('\n')
}

const withoutBigInts = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

const causesOf = (value: unknown): string =>
  value instanceof Error ? `${value.message} ${causesOf(value.cause)}` : String(value)

const tries = types.flatMap((type) =>
  Object.keys(places).flatMap((place) => Object.keys(spellings).map((spelling) => ({ type, place, spelling }))),
)

test.each(tries)('a key that $type quotes in $place, $spelling, stays behind', async ({ type, place, spelling }) => {
  for (const key of KEYS) {
    const said = spellings[spelling]?.(key) ?? key
    const script = places[place]?.(said) ?? []
    for (const streams of [true, false]) {
      const asked = await ask([script], { config: configOf(type), model: 'm', stream: streams }).over()
      const text = leaving(asked).toLowerCase()
      expect(text).not.toContain(key.slice(3, 15).toLowerCase())
      expect(text).not.toContain(key.slice(-12).toLowerCase())
      expect(text).not.toContain(said.slice(-16).toLowerCase())
    }
  }
})

test('what the upstream said is otherwise told as it was', async () => {
  const asked = await ask([json(400, error({ message: `Unknown field "x" for ${KEYS[1]}.`, param: 'x' }))], {
    config: configOf('openai-compatible'),
    model: 'm',
  }).over()
  expect(asked.error?.message).toBe('Provider "p" refused the request (model "m"): Unknown field "x" for [redacted].')
  expect(asked.error?.param).toBe('x')
})
