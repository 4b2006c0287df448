import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { dataRequests } from './data-requests.ts'
import { buttonsOutOfView, overflow, picture, severeFindings } from './look.ts'
import { seed, type Seed } from './seed.ts'
import { settled } from './settled.ts'
import { enterAsOperator } from './sign-in.ts'
import { inBrowser } from './world.ts'

/** The console's own pages, as its table of them has their paths. */
const table = readFileSync(
  join(resolve(import.meta.dirname, '..', '..', '..'), 'packages/console/src/pages.ts'),
  'utf8',
)
export const consolePages: readonly string[] = [...table.matchAll(/\bpath: '(\/[^']*)'/g)].map(([, path = '']) => path)

/** What everybody may look at. */
export const publicPages: readonly string[] = [
  '/',
  '/models',
  '/models/speka/sandbox',
  '/pricing',
  '/status',
  '/docs',
  '/signup',
  '/login',
  '/nowhere',
]

/** Where a page of the console is that is about one thing: what was seeded. */
const addressOf = (path: string, seeded: Seed): string =>
  path.replace(/\$.*/, path === '/requests/$id' ? seeded.fallenBack : '')

const nameOf = (path: string): string => path.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'home'

/** By day, and by night: the page is loaded once, and changes as it does when the system's theme changes under it. */
async function expectReadable(page: Page, name: string, width: number): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await picture(page, `${name}-${width}-${theme}`)
    const findings = await severeFindings(page)
    const outOfView = await buttonsOutOfView(page)
    expect({ theme, wider: await overflow(page), outOfView, findings }).toEqual({
      theme,
      wider: 0,
      outOfView: [],
      findings: [],
    })
  }
}

/** Every page of both sites in windows of a width, by day and by night. */
export function describeEveryPage(width: number): void {
  inBrowser(`every page, ${width} pixels wide, by day and by night,`, (world) => {
    let seeded: Seed
    let page: Page

    beforeAll(async () => {
      seeded = await seed(world())
      const visitor = await world().resident({ width })
      await enterAsOperator(world(), visitor)
      page = visitor.page
    })

    test.each(publicPages)('%s can be read by all, and fits', async (path) => {
      await page.goto(world().site + path)
      await settled(page)
      await expectReadable(page, `site-${nameOf(path)}`, width)
    })

    test.each(consolePages)('/console%s can be read by all, fits, and asks for its data at once', async (path) => {
      const asked = dataRequests(page)
      await page.goto(`${world().operator}/console${addressOf(path, seeded)}`)
      await settled(page)
      expect(await page.getByText('There is no such page').count()).toBe(0)
      expect(asked().slice(1)).toEqual([])
      await expectReadable(page, `console-${nameOf(path)}`, width)
    })
  })
}
