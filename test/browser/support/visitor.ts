import type { Browser, BrowserContext, Page } from 'playwright-core'
import { PATIENCE_MS } from '../../support/patience.ts'
import { watchPages, type Problems } from './watch-pages.ts'

/** What a visitor sees by, and what may happen to him. */
export interface Sight {
  /** Of the window, in CSS pixels. @default 1280 */
  readonly width?: number
  /** @default 'light' */
  readonly theme?: 'light' | 'dark'
  /** Others, beside the gateway, whose pages he is led to. */
  readonly origins?: readonly string[]
  /** Statuses of 500 and above that he is to see. */
  readonly statuses?: readonly number[]
}

/** Somebody at a browser of his own: no cookie is shared with anybody else. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Another tab of the same browser. */
  newTab(): Promise<Page>
  /** What went wrong since this was last asked, in every tab. */
  problems(): Problems
  close(): Promise<void>
}

const HEIGHTS = 900

/** @param own the origins of the gateway. */
export async function visit(browser: Browser, own: readonly string[], sight: Sight = {}): Promise<Visitor> {
  const { width = 1280, theme = 'light', origins = [], statuses = [] } = sight
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
  const problems = await watchPages(context, { origins: [...own, ...origins], statuses })
  return {
    context,
    page: await context.newPage(),
    newTab: () => context.newPage(),
    problems,
    close: () => context.close(),
  }
}
