import { startApp, type StartedApp } from './support/start-app.ts'

let app: StartedApp
afterEach(() => app.close())

interface Asking {
  readonly key?: string
  readonly repeat?: string
  readonly path?: string
  readonly body?: object
}

const question = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }

async function ask({ key = app.liveKey, repeat = 'once', path = '/chat/completions', body = question }: Asking = {}) {
  const response = await fetch(`${app.origin}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': repeat },
    body: JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('without being switched on, the header changes nothing', async () => {
  app = await startApp()
  for (const _ of [1, 2]) expect((await ask()).headers.get('idempotent-replayed')).toBeNull()
  expect(app.settled).toHaveLength(2)
})

describe('where it is switched on', () => {
  beforeEach(async () => {
    app = await startApp({ idempotency: {} })
  })

  test.each([
    { path: '/chat/completions', body: question },
    { path: '/responses', body: { model: 'speka/sandbox', input: 'Hello!' } },
    { path: '/embeddings', body: { model: 'speka/sandbox', input: 'Hello!' } },
  ])('$path is answered once, charged once, and repeated to the byte', async ({ path, body }) => {
    const first = await ask({ path, body })
    const again = await ask({ path, body })
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    for (const name of ['x-request-id', 'x-speka-model', 'x-speka-cost-usd'])
      expect(again.headers.get(name)).toBe(first.headers.get(name))
    expect(app.settled).toHaveLength(1)
  })

  test('another body, another route and another key are told apart', async () => {
    await ask()
    const other = await ask({ body: { ...question, temperature: 1 } })
    expect([other.status, other.text]).toEqual([422, expect.stringContaining('"idempotency_key_reused"')])
    expect((await ask({ repeat: 'twice' })).headers.get('idempotent-replayed')).toBeNull()
    expect((await ask({ path: '/embeddings', body: { model: 'speka/sandbox', input: 'a' } })).status).toBe(200)
    expect(app.settled).toHaveLength(3)
  })

  test('while the first is under way, it is not begun again', async () => {
    const slow = { ...question, model: 'speka/sandbox:slow' }
    const [first, second] = await Promise.all([ask({ body: slow }), ask({ body: slow })])
    const [answered, refused] = first.status === 200 ? [first, second] : [second, first]
    expect([answered.status, refused.status]).toEqual([200, 409])
    expect([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual(['1', 'true'])
    expect(app.settled).toHaveLength(1)
  })

  test('a failure is not kept: the next one tries', async () => {
    const failing = { ...question, model: 'speka/sandbox:500' }
    const failed = await ask({ body: failing })
    const again = await ask({ body: failing })
    expect([failed.status, again.status]).toEqual([failed.status, failed.status])
    expect(again.headers.get('idempotent-replayed')).toBeNull()
    expect(app.settled).toHaveLength(2)
  })

  test('a stream is carried out each time', async () => {
    const streamed = { ...question, stream: true }
    for (const _ of [1, 2]) {
      const { status, headers } = await ask({ body: streamed })
      expect([status, headers.get('idempotent-replayed')]).toEqual([200, null])
    }
    expect(app.settled).toHaveLength(2)
  })

  test('a key that is none is refused', async () => {
    expect(await ask({ repeat: 'a b' })).toMatchObject({ status: 400 })
    expect(app.settled).toHaveLength(0)
  })
})
