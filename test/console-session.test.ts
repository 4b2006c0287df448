import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdminServer } from '../packages/server/src/admin/admin-server.ts'
import { adminParts, consolePage } from './support/admin-parts.ts'

const TOKEN = 'the-token-of-the-operator'

let admin: Server
let origin: string
beforeEach(async () => {
  admin = createAdminServer(TOKEN, adminParts(), { consoleFiles: new Map([['index.html', consolePage]]) })
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(admin.address() as AddressInfo).port}`
})
afterEach(() => {
  admin.close()
  admin.closeAllConnections()
})

const session = (method: string, headers: Record<string, string> = {}, body?: object): Promise<Response> =>
  fetch(`${origin}/api/v1/session`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

async function signedIn(): Promise<{ cookie: string; csrf: string }> {
  const answer = await session('POST', {}, { token: TOKEN })
  expect(answer.status).toBe(201)
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  const { csrf } = (await answer.json()) as { csrf: string }
  return { cookie, csrf }
}

test('nobody is told so, and by what name the gateway goes', async () => {
  const answer = await session('GET')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    object: 'session',
    listener: 'admin',
    site: { name: 'Speka', public_url: null, sign_up: 'invited' },
    actor: null,
  })
})

test('the admin token opens a session, and its cookie is all that is needed to look', async () => {
  const { cookie } = await signedIn()
  expect(await (await session('GET', { cookie })).json()).toMatchObject({ actor: 'operator', role: 'operator' })
  expect((await fetch(`${origin}/api/v1/keys`, { headers: { cookie } })).status).toBe(200)
})
