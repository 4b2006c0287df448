import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { describeInBrowser, launch } from './support/launch.ts'
import { overflow, severeFindings } from './support/look.ts'
import { visit, type Visitor } from './support/visitor.ts'

const page = (body: string): string =>
  `<!doctype html><html lang="en"><title>Page</title><link rel="icon" href="data:,"><main><h1>Page</h1>${body}</main></html>`

/** Pages with one fault each, by path. */
const pages: Readonly<Record<string, string>> = {
  '/sound': page('<p>All is well.</p>'),
  '/inline-style': page('<p style="color: red">Red.</p>'),
  '/turns-away': page('<p style="color: red">Red.</p><meta http-equiv="refresh" content="0; url=/sound">'),
  '/elsewhere': page('<img alt="A pixel" src="http://127.0.0.2:9/pixel.png">'),
  '/missing': page('<link rel="stylesheet" href="/none.css">'),
  '/throws': page('<script src="/throws.js"></script>'),
  '/throws.js': 'throw new Error("it broke")',
  '/shifts': page('<script src="/shifts.js"></script><p>Text that is pushed down.</p><p>More of it.</p>'),
  '/shifts.js': `setTimeout(() => { const box = document.createElement('div'); box.textContent = 'late'
    box.style.height = '600px'; document.querySelector('h1').before(box) }, 300)`,
  '/pale': page('<link rel="stylesheet" href="/pale.css"><p>Nobody can read this.</p>'),
  '/pale.css': 'p { color: #ddd; background: #fff }',
  '/wide': page('<link rel="stylesheet" href="/wide.css"><p>Too wide.</p>'),
  '/wide.css': 'p { width: 3000px }',
}

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }

describeInBrowser('a visitor whose page is at fault', () => {
  let server: Server
  let browser: Browser
  let visitor: Visitor
  let origin: string

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const body = pages[url]
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': types[url.split('.')[1] ?? ''] ?? 'text/html; charset=utf-8',
        'content-security-policy': url === '/elsewhere' ? '' : "default-src 'self'; img-src 'self' data:",
      })
      response.end(body)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launch()
  })

  beforeEach(async () => {
    visitor = await visit(browser, [origin])
  })
  afterEach(() => visitor.close())
  afterAll(async () => {
    await browser.close()
    server.close()
  })

  const open = async (path: string): Promise<Page> => {
    await visitor.page.goto(origin + path)
    return visitor.page
  }

  test('says nothing of one that is not', async () => {
    const sound = await open('/sound')
    expect(visitor.problems()).toEqual([])
    expect(await severeFindings(sound)).toEqual([])
    expect(await overflow(sound)).toBe(0)
  })

  test.each([
    { path: '/inline-style', problem: /style-src.* forbids inline/ },
    { path: '/turns-away', problem: /style-src.* forbids inline/ },
    { path: '/elsewhere', problem: /^asks another: http:\/\/127\.0\.0\.2:9\/pixel\.png/ },
    { path: '/missing', problem: /^404 for stylesheet .*\/none\.css$/ },
    { path: '/throws', problem: /^uncaught: it broke$/ },
  ])('says what is wrong with $path', async ({ path, problem }) => {
    await open(path)
    expect(visitor.problems()).toContainEqual(expect.stringMatching(problem))
  })

  test('says that what was being read has moved', async () => {
    await open('/shifts')
    const told: string[] = []
    await eventually(() => told.push(...visitor.problems()) > 0, 'something is told')
    expect(told).toContainEqual(expect.stringMatching(/^the layout shifts by 0\.\d/))
  })

  test('finds text that cannot be read, and what is wider than the window', async () => {
    expect(await severeFindings(await open('/pale'))).toContainEqual(expect.stringMatching(/^color-contrast: p/))
    expect(await overflow(await open('/wide'))).toBeGreaterThan(1000)
  })
})
