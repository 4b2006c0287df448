import type { Page } from 'playwright-core'
import { settled } from './support/settled.ts'
import { enterAsOperator, pageTitle } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

/** The words of what has the focus, and whether one sees that it has. */
const focused = (page: Page): Promise<unknown> =>
  page.evaluate(`(() => {
    const element = document.activeElement
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const seen = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    return { words: (element.labels?.[0]?.textContent || element.getAttribute('aria-label') || element.textContent).trim(), seen }
  })()`)

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, words: string): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const found = (await focused(page)) as { words: string; seen: boolean }
    expect(found).toEqual({ words: found.words, seen: true })
    if (found.words === words) return
    passed.push(found.words)
  }
  throw new Error(`Tab does not come to "${words}", but to ${passed.join(', ')}`)
}

inBrowser('who has a keyboard alone', (world) => {
  test('signs in, and sees at every step where he is', async () => {
    const { page } = await world().visitor()
    await page.goto(`${world().operator}/console`)
    await settled(page)
    await tabTo(page, 'Admin token')
    await page.keyboard.type(world().gateway.adminToken)
    await page.keyboard.press('Enter')
    await pageTitle(page, 'Overview').waitFor()
  })

  test('skips the links, and comes to another page by them', async () => {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console`)
    await settled(page)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toEqual({ words: 'Skip to the page', seen: true })
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('page')
    await page.reload()
    await settled(page)
    await tabTo(page, 'Requests')
    await page.keyboard.press('Enter')
    await pageTitle(page, 'Requests').waitFor()
  })

  test('opens the menu of a narrow window, stays in it, and leaves it by Escape', async () => {
    const visitor = await world().visitor({ width: 390 })
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console`)
    await settled(page)
    await tabTo(page, 'Menu')
    await page.keyboard.press('Enter')
    const menu = page.getByRole('dialog')
    await menu.waitFor()
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate("document.activeElement.closest('header, main') === null")).toBe(true)
    }
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'detached' })
    expect(await focused(page)).toEqual({ words: 'Menu', seen: true })
  })
})
