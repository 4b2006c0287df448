import type { Page } from 'playwright-core'
import { eventually } from '../../support/eventually.ts'

/** Resolves when a page of the console has its heading, and shows nothing that is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await eventually(
    async () =>
      (await page
        .getByRole('status')
        .filter({ hasText: /^Loading/ })
        .count()) === 0,
    `everything of ${page.url()} is there`,
  )
}
