import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Where pictures of every page are left, for whoever looks at the run. */
export const artefacts =
  process.env['SPEKA_ARTEFACTS'] ?? join(resolve(import.meta.dirname, '..', '..', '..'), 'artefacts', 'browser')

const severe = new Set(['serious', 'critical'])

/**
 * What axe finds that shuts somebody out: `rule: where`. It is read where the page is, since no page of ours holds another in a
 * frame, and without what axe has passed: both cost several times what is looked for.
 */
export async function severeFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations
    .filter(({ impact }) => severe.has(impact ?? ''))
    .flatMap(({ id, nodes }) => nodes.map(({ html, target }) => `${id}: ${target.join(' ')} ${html.slice(0, 160)}`))
}

/** By how many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  const root = 'document.documentElement'
  return Number(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`))
}

/** The buttons of tables that are not within the window's width, by their words: whoever does not move the table sideways never sees them. */
export async function buttonsOutOfView(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('td button')]
    .filter((button) => {
      const { left, right, width } = button.getBoundingClientRect()
      return width > 0 && (left < 0 || right > innerWidth)
    })
    .map(({ textContent }) => textContent)`)
}

/** Leaves a picture of what the window shows. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true })
  await page.screenshot({ path: join(artefacts, `${name}.png`) })
}
