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
  /** What each page asks of the management API when it is opened, by its name. */
  readonly paths: ReadonlyMap<string, readonly string[]>
}

/** A browser in which the operator is signed in. */
export async function signedIn(browser: Browser, { adminOrigin, adminToken }: Gateway): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const answer = await context.request.post(`${adminOrigin}/api/v1/session`, { data: { token: adminToken } })
  if (!answer.ok()) throw new Error(`The operator is not let in: ${answer.status()}`)
  return context
}

/** Loads the Overview so many times after the first, then opens every page once. */
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
  const paths = new Map<string, readonly string[]>()
  for (const link of await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()) {
    const asked = dataRequests(page)
    await link.click()
    await settled(page)
    paths.set(await link.innerText(), asked())
  }
  return { times, scriptBytes, paths }
}

async function load(page: Page, url: string): Promise<number> {
  const began = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await settled(page)
  return performance.now() - began
}
