import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { readStaticFiles } from '../packages/server/src/site/static-files.ts'
import { ask } from './support/ask.ts'
import { openRaw } from './support/raw-http.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const PAGE = '<!doctype html><title>Console</title>'
const SCRIPT = 'console.log("x".repeat(100))'

/** A folder as the build leaves it, with something beside it that is nobody's to read. */
function built(): string {
  const folder = mkdtempSync(join(tmpdir(), 'speka-console-'))
  mkdirSync(join(folder, 'console/assets'), { recursive: true })
  writeFileSync(join(folder, 'admin-token'), 'a secret beside the folder')
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, 'console', name), text)
    writeFileSync(join(folder, 'console', `${name}.gz`), gzipSync(text))
  }
  put('index.html', PAGE)
  put('assets/index-B7x2_abc.js', SCRIPT)
  writeFileSync(join(folder, 'console/favicon.svg'), '<svg/>')
  writeFileSync(join(folder, 'console/notes.secret'), 'of no type that is served')
  return join(folder, 'console')
}

let app: StartedApp
beforeAll(async () => {
  app = await startApp({}, {}, { site: { consoleFiles: readStaticFiles(built()) } })
})
afterAll(() => app.close())

test.each(['/console', '/console/', '/console/keys', '/console/requests/req_1?tab=plan', '/console/index.html'])(
  '%s is the page, whatever it is to show, and is asked for again each time',
  async (path) => {
    const { status, headers, body } = await ask(app.origin, { path })
    expect([status, body]).toEqual([200, PAGE])
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
  },
)

test('a file with its hash in its name is kept for good', async () => {
  const { body, headers } = await ask(app.origin, { path: '/console/assets/index-B7x2_abc.js' })
  expect(body).toBe(SCRIPT)
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
})

test('a file that is not there any more is told so, and is not the page', async () => {
  expect((await ask(app.origin, { path: '/console/assets/index-00000000.js' })).status).toBe(404)
})

test('what is there compressed goes out so to who takes it, under an etag of its own', async () => {
  const path = '/console/assets/index-B7x2_abc.js'
  const response = await fetch(app.origin + path, { headers: { 'accept-encoding': 'br, gzip;q=0.5' } })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(response.headers.get('vary')).toBe('accept-encoding')
  expect(await response.text()).toBe(SCRIPT)
  const plain = await ask(app.origin, { path, headers: { 'accept-encoding': 'gzip;q=0' } })
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, SCRIPT])
  expect(plain.headers.etag).not.toBe(response.headers.get('etag'))
  expect(gunzipSync(gzipSync(SCRIPT)).toString()).toBe(SCRIPT)
})

test('who has it already is told so; a HEAD has the headers alone', async () => {
  const { headers } = await ask(app.origin, { path: '/console' })
  const again = await ask(app.origin, { path: '/console', headers: { 'if-none-match': `W/${String(headers.etag)}` } })
  expect([again.status, again.body]).toEqual([304, ''])
  const head = await ask(app.origin, { method: 'HEAD', path: '/console' })
  expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', String(PAGE.length)])
})

test('a page runs and loads nothing from elsewhere, and is in nobody’s frame', async () => {
  const { headers } = await ask(app.origin, { path: '/console' })
  expect(headers).toMatchObject({
    'content-security-policy':
      "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
})

test.each([
  '/console/../admin-token',
  '/console/../../admin-token',
  '/console/assets/../../admin-token',
  '/console/..%2fadmin-token',
  '/console/%2e%2e/admin-token',
  '/console/%2e%2e%2fadmin-token',
  '/console/..\\admin-token',
  '/console/..%5cadmin-token',
  '/console/....//admin-token',
  '/console//admin-token',
  '/console/assets/%00',
  '/console/file:///etc/passwd',
  '/console/notes.secret',
  '/console/index.html.gz',
])('%s leads to nothing that is not the console’s', async (path) => {
  const raw = await openRaw(app.origin)
  raw.send(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
  const { text } = await raw.closed()
  expect(text).toMatch(/^HTTP\/1\.1 (?:200|400|404) /)
  expect(text).not.toContain('a secret beside')
  expect(text).not.toContain('of no type')
  expect(text).not.toContain('root:')
  if (text.startsWith('HTTP/1.1 200')) expect(text).toContain(PAGE)
})

test('nothing can be written there', async () => {
  const { status, headers } = await ask(app.origin, { method: 'POST', path: '/console', body: {} })
  // Who may not come in is not told what there is.
  expect([status, headers['content-type']]).toEqual([401, 'application/problem+json'])
})

test('where the console was not built, its address says how to', async () => {
  const bare = await startApp({}, {}, { site: { consoleFiles: undefined } })
  try {
    const { status, body, headers } = await ask(bare.origin, { path: '/console/keys' })
    expect([status, body]).toEqual([503, expect.stringContaining('npm run build')])
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  } finally {
    await bare.close()
  }
})

test('where none is to be served, there is none', async () => {
  const bare = await startApp({}, {}, { site: { showsConsole: false } })
  try {
    expect((await ask(bare.origin, { path: '/console' })).status).toBe(404)
    expect((await ask(bare.origin, { path: '/api/v1/session' })).status).toBe(200)
  } finally {
    await bare.close()
  }
})
