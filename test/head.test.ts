import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { adminParts } from './support/admin-parts.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

let app: StartedApp

beforeAll(async () => {
  app = await startApp({})
})

afterAll(() => app?.close())

const paths = [
  '/healthz',
  '/readyz',
  '/v1/models',
  '/v1/models/speka/sandbox',
  '/v1/models/nobody',
  '/v1/key',
  '/v1/generation?id=none',
  '/nothing',
]

/** What does not change from one request to the next. */
const steady = ({ headers }: Response): [string, string][] =>
  [...headers].filter(([name]) => !['x-request-id', 'date', 'connection', 'keep-alive'].includes(name))

test.each(paths)('HEAD %s has the status and headers of GET, and no body', async (path) => {
  const headers = { authorization: `Bearer ${app.liveKey}` }
  const got = await fetch(app.origin + path, { headers })
  const asked = await fetch(app.origin + path, { method: 'HEAD', headers })
  expect(await asked.text()).toBe('')
  expect((await got.text()).length).toBeGreaterThan(0)
  expect(asked.status).toBe(got.status)
  if (got.status < 400) expect(steady(asked)).toEqual(steady(got))
})

test('HEAD needs the key that GET needs', async () => {
  expect((await fetch(`${app.origin}/v1/models`, { method: 'HEAD' })).status).toBe(401)
})

test('what can only be posted cannot be asked about', async () => {
  const response = await fetch(`${app.origin}/v1/chat/completions`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${app.liveKey}` },
  })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
})

test("the operator's metrics can be asked about too", async () => {
  const server = createAdminServer('token-of-the-operator', adminParts({ metrics: () => Promise.resolve('up 1\n') }))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
    method: 'HEAD',
    headers: { authorization: 'Bearer token-of-the-operator' },
  })
  expect([response.status, await response.text()]).toEqual([200, ''])
  server.close()
})
