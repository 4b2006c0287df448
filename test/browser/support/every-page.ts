import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { overflow, picture, severeFindings } from './look.ts'
import { seed, type Seed } from './seed.ts'
import { settled } from './settled.ts'
import { enterAsOperator } from './sign-in.ts'
import type { Sight } from './visitor.ts'
import { inBrowser } from './world.ts'

/** The console's own pages, as its table of them has their paths. */
const table = readFileSync(
  join(resolve(import.meta.dirname, '..', '..', '..'), 'packages/console/src/pages.ts'),
  'utf8',
)
const consolePages = [...table.matchAll(/\bpath: '(\/[^']*)'/g)].map(([, path = '']) => path)

/** What everybody may look at. */
const publicPages = [
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

const nameOf = (path: string, { width, theme }: Required<Sight>): string =>
  `${path.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'home'}-${width}-${theme}`

/** Every page of both sites in windows of a width, by day and by night. */
export function describeEveryPage(width: number): void {
  inBrowser(`every page, ${width} pixels wide,`, (world) => {
    let seeded: Seed

    beforeAll(async () => {
      seeded = await seed(world())
    })

    /** The parts of paths that name one thing. */
    const ids = (): Readonly<Record<string, string>> => ({ '/requests/$id': seeded.fallenBack })

    describe.each([
      { width, theme: 'light' },
      { width, theme: 'dark' },
    ] as const)('in $theme', (sight) => {
      test.each(publicPages)('%s can be read by all, and fits', async (path) => {
        const { page } = await world().visitor(sight)
        await page.goto(world().site + path)
        await settled(page)
        await picture(page, `site-${nameOf(path, sight)}`)
        expect({ wider: await overflow(page), findings: await severeFindings(page) }).toEqual({
          wider: 0,
          findings: [],
        })
      })

      test.each(consolePages)('/console%s can be read by all, and fits', async (path) => {
        const visitor = await world().visitor(sight)
        await enterAsOperator(world(), visitor)
        const { page } = visitor
        await page.goto(`${world().operator}/console${path.replace(/\$.*/, ids()[path] ?? '')}`)
        await settled(page)
        await picture(page, `console-${nameOf(path, sight)}`)
        expect(await page.getByText('There is no such page').count()).toBe(0)
        expect({ wider: await overflow(page), findings: await severeFindings(page) }).toEqual({
          wider: 0,
          findings: [],
        })
      })
    })
  })
}
