import type { Locator, Page } from 'playwright-core'

/** A large number of a page, by what it is called. */
export const figure = (page: Page, label: string): Locator =>
  page.locator('dl > div').filter({ has: page.locator('dt').getByText(label, { exact: true }) })
