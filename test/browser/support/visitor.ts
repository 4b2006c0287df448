import type { Browser, BrowserContext, Page } from 'playwright-core'
import { PATIENCE_MS } from '../../support/patience.ts'
import { watchPage, type Problems } from './watch-page.ts'

/** What a visitor sees by. */
export interface Sight {
  /** Of the window, in CSS pixels. @default 1280 */
  readonly width?: number
  /** @default 'light' */
  readonly theme?: 'light' | 'dark'
}

/** Somebody at a browser of his own: no cookie is shared with anybody else. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Another tab of the same browser. */
  newTab(): Promise<Page>
  /** What went wrong so far, in every tab. */
  problems(): Promise<Problems>
  close(): Promise<void>
}

const HEIGHTS = 900

/** @param origins whose pages he may ask for; a request to anybody else is a problem. */
export async function visit(browser: Browser, origins: readonly string[], sight: Sight = {}): Promise<Visitor> {
  const { width = 1280, theme = 'light' } = sight
  const context = await browser.newContext({
    viewport: { width, height: HEIGHTS },
    colorScheme: theme,
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(PATIENCE_MS)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const watches: (() => Promise<Problems>)[] = []
  const newTab = async (): Promise<Page> => {
    const page = await context.newPage()
    watches.push(await watchPage(page, origins))
    return page
  }
  return {
    context,
    page: await newTab(),
    newTab,
    async problems() {
      const each: Problems[] = []
      for (const watch of watches) each.push(await watch())
      return each.flat()
    },
    close: () => context.close(),
  }
}
