import { eventually } from './support/eventually.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const CHAT = '/api/v1/playground/chat/completions'
const EXPLAIN = '/api/v1/routing/explain'
const hello = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }

let gateway: Gateway
beforeAll(async () => {
  gateway = await spawnGateway({ site: { enabled: true, sign_up: 'open' } }, { args: ['--workers', '2'] })
  await eventually(() => isThere(`${gateway.adminOrigin}/api/v1/session`), 'the operator’s listener answers')
})
afterAll(() => gateway?.close())

const isThere = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (answer) => (await answer.body?.cancel(), answer.ok),
    () => false,
  )

type Headers = Readonly<Record<string, string>>

const operator = (): Headers => ({ authorization: `Bearer ${gateway.adminToken}` })

/** On a connection of its own each time, so that any worker may have it. */
const post = (origin: string, path: string, headers: Headers, body: object = hello, signal?: AbortSignal) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })

const json = async (answer: Response): Promise<Record<string, unknown>> =>
  (await answer.json()) as Record<string, unknown>

const recordOf = async (id: string): Promise<Record<string, unknown>> =>
  json(await fetch(`${gateway.adminOrigin}/api/v1/requests/${id}`, { headers: operator() }))

/** A session of the operator, as his browser has it. */
async function operatorSession(): Promise<Headers> {
  const answer = await post(gateway.adminOrigin, '/api/v1/session', {}, { token: gateway.adminToken })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return { cookie, 'x-speka-csrf': String((await json(answer))['csrf']) }
}

/** A token of a member's rights, which the gateway's own listener takes. */
async function memberToken(): Promise<Headers> {
  const answer = await post(gateway.adminOrigin, '/api/v1/tokens', operator(), {
    account: 'default',
    name: 'plays',
    role: 'member',
  })
  return { authorization: `Bearer ${String((await json(answer))['token'])}` }
}

describe('with several workers', () => {
  test('the operator’s playground is answered by each of them, as /v1 is, and is on record', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(gateway.adminOrigin, CHAT, operator(), { ...hello, user: 'ada' })),
    )
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-speka-cost-usd')).toMatch(/^0\.\d+$/)
      expect(await json(answer)).toMatchObject({
        object: 'chat.completion',
        usage: { completion_tokens: expect.any(Number) },
      })
      const id = answer.headers.get('x-request-id') ?? ''
      expect(await recordOf(id)).toMatchObject({ id, outcome: 'complete', customer: 'ada' })
    }
  })

  test('so are the playground and the explanation of a member, whichever has his connection', async () => {
    const headers = await memberToken()
    for (let asked = 0; asked < 6; asked += 1) {
      const played = await post(gateway.origin, CHAT, headers)
      expect([played.status, await json(played)]).toMatchObject([200, { object: 'chat.completion' }])
      const explained = await post(gateway.origin, EXPLAIN, headers)
      expect([explained.status, await json(explained)]).toMatchObject([200, { object: 'route.explanation' }])
    }
  })

  test('a route is explained to the operator, and what is wrong is told as at /v1', async () => {
    const explained = await post(gateway.adminOrigin, EXPLAIN, operator())
    expect([explained.status, await json(explained)]).toMatchObject([200, { object: 'route.explanation' }])
    const wrong = await post(gateway.adminOrigin, CHAT, operator(), { ...hello, model: 'nobody/knows-this' })
    expect([wrong.status, await json(wrong)]).toMatchObject([404, { error: { code: 'model_not_found' } }])
  })

  test('a stream comes through as it is made, and is cancelled when its reader leaves', async () => {
    const leaving = new AbortController()
    const streamed = { ...hello, model: 'speka/sandbox:stall@3', stream: true }
    const answer = await post(gateway.adminOrigin, CHAT, operator(), streamed, leaving.signal)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const first = await answer.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toContain('chat.completion.chunk')
    leaving.abort()
    const id = answer.headers.get('x-request-id') ?? ''
    await eventually(async () => (await recordOf(id))['outcome'] === 'cancelled', 'it is on record as cancelled')
  })

  test('a stream ends with the session of who has asked, and says so', async () => {
    const session = await operatorSession()
    const answer = await post(gateway.adminOrigin, CHAT, session, {
      ...hello,
      model: 'speka/sandbox:stall@3',
      stream: true,
    })
    expect(answer.status).toBe(200)
    const ended = await fetch(`${gateway.adminOrigin}/api/v1/session`, { method: 'DELETE', headers: session })
    expect(ended.status).toBe(200)
    const text = await answer.text()
    expect(text).toContain('You are signed out')
    expect(text).not.toContain('[DONE]')
  })
})
