import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { realClock } from '@speka/core/node'
import { createApp, type App } from '../packages/server/src/app.ts'
import { PublicPages } from '../packages/server/src/site/public-pages.ts'
import { siteParts } from './support/admin-parts.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

/** The pages for anyone as browsers and programs get them, over a socket. */

let gateway: StartedApp
let app: App
let origin: string
let sums: number
beforeEach(async () => {
  gateway = await startApp({ site: { enabled: true, name: '<b>Acme</b>', sign_up: 'open' } })
  sums = 0
  const { live, store } = gateway.parts
  const pages = new PublicPages({
    live: () => ({ config: live.current.config, table: live.current.engine.table }),
    ledger: {
      totals(query) {
        sums += 1
        return store.ledger.totals(query)
      },
      times: (query) => store.ledger.times(query),
      faults: (query) => store.ledger.faults(query),
    },
    clock: realClock,
    docs: { pages: [], files: new Map() },
    origin: () => 'http://localhost:7735',
  })
  app = createApp({ ...gateway.parts, site: siteParts({ site: () => live.current.config.site, pages }) })
  await new Promise<void>((resolve) => app.server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
afterEach(async () => {
  app.server.close()
  app.server.closeAllConnections()
  await gateway.close()
})

const browser = { accept: 'text/html,application/xhtml+xml' }

test('a page comes with a policy for what it may load, and may be kept for a minute', async () => {
  const answer = await fetch(`${origin}/models`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
  expect(await answer.text()).toContain('&lt;b&gt;Acme&lt;/b&gt;')
})

test('who has a page already is told so, and HEAD has no body', async () => {
  const first = await fetch(`${origin}/pricing`)
  const again = await fetch(`${origin}/pricing`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
  const head = await fetch(`${origin}/pricing`, { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe(first.headers.get('content-length'))
  expect(await head.text()).toBe('')
})

test('the page of a model is found by its id, slash and all', async () => {
  for (const path of ['/models/speka/sandbox', '/models/speka%2Fsandbox'])
    expect((await fetch(`${origin}${path}`)).status).toBe(200)
})

test('the style sheet that pages name is there, and may be kept for good', async () => {
  const page = await (await fetch(origin)).text()
  const [, path = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(page) ?? []
  const style = await fetch(`${origin}${path}`)
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(style.headers.get('cache-control')).toContain('immutable')
})

test('where nothing is a browser gets a page, and a program the gateway’s own answer', async () => {
  const page = await fetch(`${origin}/nothing`, { headers: browser })
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  const answer = await fetch(`${origin}/nothing`)
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'unknown_url' } }])
})

test.each([
  ['/v1/models', 401],
  ['/v1/nothing', 404],
  ['/v1', 404],
])('%s is the API to browsers too', async (path, status) => {
  const answer = await fetch(`${origin}${path}`, { headers: browser })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
})

test('visitors by the dozen have the sums read once', async () => {
  const paths = ['/', '/status', '/models', '/models?q=a', '/models?q=b', '/pricing']
  const answers = await Promise.all([...paths, ...paths].map((path) => fetch(`${origin}${path}`)))
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
  // By hour, and by model.
  expect(sums).toBe(2)
})

test('a page asked for by another host’s name is refused', async () => {
  const { port } = new URL(origin)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/', headers: { host: 'evil.example.com' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(421)
})
