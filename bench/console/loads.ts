import type { Browser, BrowserContext, Page } from 'playwright-core'
import { dataRequests } from '../../test/browser/support/data-requests.ts'
import { settled } from '../../test/browser/support/settled.ts'
import type { Gateway } from '../../test/support/spawn-gateway.ts'

/** What came of loading the first view several times. */
export interface Loads {
  /** From the address to the figures in view, in ms, each time but the first. */
  readonly times: readonly number[]
  /** Bytes of JavaScript that the first time fetched, compressed as they were sent. */
  readonly scriptBytes: number
}

/** What a page does when it is opened by its address. */
export interface Opened {
  readonly title: string
  /** What it asks of the management API. */
  readonly asked: readonly string[]
  /** What it asks of anybody else. */
  readonly elsewhere: readonly string[]
  /** The sum of its layout shifts. */
  readonly shift: number
}

/** A browser in which the operator is signed in. */
export async function signedIn(browser: Browser, { adminOrigin, adminToken }: Gateway): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const answer = await context.request.post(`${adminOrigin}/api/v1/session`, { data: { token: adminToken } })
  if (!answer.ok()) throw new Error(`The operator is not let in: ${answer.status()}`)
  await context.addInitScript(`
    window.spekaShift = 0
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.spekaShift += shift.value
    }).observe({ type: 'layout-shift', buffered: true })`)
  return context
}

/** Loads the Overview so many times after the first. */
export async function loadOften(context: BrowserContext, origin: string, loads: number): Promise<Loads> {
  const page = await context.newPage()
  const scripts: Promise<number>[] = []
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script')
      scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
  })
  await load(page, `${origin}/console`)
  const scriptBytes = (await Promise.all(scripts)).reduce((sum, bytes) => sum + bytes, 0)
  const times: number[] = []
  for (let time = 0; time < loads; time += 1) times.push(await load(page, `${origin}/console`))
  await page.close()
  return { times, scriptBytes }
}

/** Opens every page that has a link, each by its address. */
export async function openEach(context: BrowserContext, origin: string): Promise<readonly Opened[]> {
  const page = await context.newPage()
  await load(page, `${origin}/console`)
  const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()
  const found = await Promise.all(
    links.map(async (link) => ({ title: await link.innerText(), href: await link.getAttribute('href') })),
  )
  const opened: Opened[] = []
  for (const { title, href } of found) {
    const asked = dataRequests(page)
    const elsewhere: string[] = []
    const note = (request: { url(): string }): void => {
      if (new URL(request.url()).origin !== origin && !request.url().startsWith('data:')) elsewhere.push(request.url())
    }
    page.on('request', note)
    await load(page, origin + (href ?? ''))
    const shift = await page.evaluate<number>('window.spekaShift')
    page.off('request', note)
    opened.push({ title, asked: asked(), elsewhere, shift })
  }
  await page.close()
  return opened
}

async function load(page: Page, url: string): Promise<number> {
  const began = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await settled(page)
  return performance.now() - began
}
