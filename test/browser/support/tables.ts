import type { Locator, Page } from 'playwright-core'

/** A table of the console by its name. */
export const table = (page: Page, name: string): Locator => page.getByRole('region', { name: `Table: ${name}` })

/** The first row of a table in which some words stand. */
export const rowOf = (page: Page, name: string, words: string): Locator =>
  table(page, name).getByRole('row').filter({ hasText: words }).first()
