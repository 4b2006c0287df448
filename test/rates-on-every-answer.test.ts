import { runSpeka } from './support/run-speka.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await spawnGateway({ idempotency: {} })
})
afterAll(() => gateway?.close())

async function speka<Value = Readonly<Record<string, string>>>(command: string): Promise<Value> {
  const { code, out, error } = await runSpeka(`${command} --json`, { SPEKA_DATA_DIR: gateway.data })
  expect({ code, error }).toEqual({ code: 0, error: '' })
  return JSON.parse(out) as Value
}

const wellFormed = JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] })

const rates = ({ headers }: { readonly headers: Headers }) =>
  ['limit', 'remaining', 'reset'].flatMap((of) =>
    ['requests', 'tokens'].map((what) => headers.get(`x-ratelimit-${of}-${what}`)),
  )
const send = (key: string | undefined, path: string, body?: string, more: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.baseURL}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more },
    ...(body !== undefined && { body }),
  })

describe('where its rates stand is told to a limited key', () => {
  let key: string | undefined
  beforeAll(async () => {
    ;({ key } = await speka('keys create --name k --rpm 5 --tpm 90000'))
  })

  test.each<
    readonly [what: string, path: string, body: string | undefined, status: number, more?: Record<string, string>]
  >([
    ['that is no JSON', '/chat/completions', '{', 400],
    ['for a model that nobody has', '/chat/completions', wellFormed.replace('sandbox', 'nobody'), 404],
    ['with a header that is none', '/chat/completions', wellFormed, 400, { 'x-speka-timeout-ms': 'soon' }],
    ['that is too large', '/chat/completions', 'x'.repeat(40 * 1024 * 1024), 413],
    ['for the models', '/models', undefined, 200],
    ['for one that nobody has', '/models/nobody', undefined, 404],
    ['for the key', '/key', undefined, 200],
    ['for what was not', '/generation?id=nothing', undefined, 404],
    ['for an explanation', '/route/explain', wellFormed, 200],
    ['for a response that nobody keeps', '/responses/resp_1', undefined, 404],
  ])('by an answer to a request %s, which takes nothing', async (_, path, body, status, more = {}) => {
    const answer = await send(key, path, body, more)
    await answer.arrayBuffer()
    expect({ status: answer.status, rates: rates(answer) }).toEqual({
      status,
      rates: ['5', '90000', '5', '90000', '0s', '0s'],
    })
  })

  test('by a count of tokens, which is a request and takes no tokens', async () => {
    const made = await speka('keys create --name k --rpm 5 --tpm 90000')
    const counted = await send(made['key'], '/responses/input_tokens', '{"model":"speka/sandbox","input":"Hi"}')
    expect(counted.status).toBe(200)
    expect(rates(counted).slice(0, 4)).toEqual(['5', '90000', '4', '90000'])
  })

  test('by an answer that is given again, as they stand by then', async () => {
    const made = await speka('keys create --name k --rpm 5')
    const repeated = () => send(made['key'], '/chat/completions', wellFormed, { 'idempotency-key': 'once' })
    const first = await repeated()
    await send(made['key'], '/chat/completions', wellFormed)
    const again = await repeated()
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect([first, again].map((answer) => rates(answer)[2])).toEqual(['4', '3'])
  })

  test('by a refusal for money, and by no answer to a key whose money alone is limited', async () => {
    const both = await speka('keys create --name k --rpm 5 --limit-usd 0.0000001')
    const money = await speka('keys create --name k --limit-usd 0.0000001')
    const answers = [await send(both['key'], '/chat/completions', wellFormed), await send(money['key'], '/models')]
    expect(answers.map(({ status }) => status)).toEqual([402, 200])
    expect(answers.map(rates)).toEqual([['5', null, '5', null, '0s', null], Array.from({ length: 6 }, () => null)])
  })
})
