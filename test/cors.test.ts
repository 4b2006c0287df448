import { startApp, type StartedApp } from './support/start-app.ts'

const PAGE = 'https://app.example.com'

async function withApp<Value>(config: object, run: (app: StartedApp) => Promise<Value>): Promise<Value> {
  const app = await startApp(config)
  try {
    return await run(app)
  } finally {
    await app.close()
  }
}

const preflight = (app: StartedApp, origin: string): Promise<Response> =>
  fetch(`${app.origin}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type, x-stainless-lang',
    },
  })

const models = (app: StartedApp, origin: string): Promise<Response> =>
  fetch(`${app.origin}/v1/models`, { headers: { origin, authorization: `Bearer ${app.liveKey}` } })

test('no page may call unless the configuration says so', async () => {
  await withApp({}, async (app) => {
    expect((await preflight(app, PAGE)).status).toBe(405)
    expect((await models(app, PAGE)).headers.get('access-control-allow-origin')).toBeNull()
  })
})

test('a page of an allowed origin may, with the headers that the official SDK sends, and without a key to ask', async () => {
  await withApp({ cors: { allow_origins: [PAGE] } }, async (app) => {
    const asked = await preflight(app, PAGE)
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, content-type, x-stainless-lang')
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    const listed = await models(app, PAGE)
    expect(listed.headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(listed.headers.get('access-control-expose-headers')).toContain('x-request-id')
    expect(listed.headers.get('vary')).toBe('origin')
    expect((await models(app, 'https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull()
    expect((await preflight(app, 'https://evil.example.com')).status).toBe(405)
  })
})

test('a page reads errors, too', async () => {
  await withApp({ cors: { allow_origins: ['*'] } }, async (app) => {
    const refused = await fetch(`${app.origin}/v1/models`, { headers: { origin: PAGE } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })
})

test('a method that is not possible is answered with those that are', async () => {
  await withApp({}, async (app) => {
    const response = await fetch(`${app.origin}/v1/chat/completions?x=1`, { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

test.each(['app://obsidian.md', 'capacitor://localhost', 'tauri://localhost'])(
  'the page of an application may call: %s',
  async (origin) => {
    await withApp({ cors: { allow_origins: [origin] } }, async (app) => {
      expect((await preflight(app, origin)).headers.get('access-control-allow-origin')).toBe(origin)
      expect((await models(app, origin)).headers.get('access-control-allow-origin')).toBe(origin)
      expect((await models(app, PAGE)).headers.get('access-control-allow-origin')).toBeNull()
    })
  },
)
