import type { Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { overflow, picture, severeFindings } from './support/look.ts'
import { settled } from './support/settled.ts'
import { codeFor, enterAsOperator, pageTitle } from './support/sign-in.ts'
import type { Visitor } from './support/visitor.ts'
import { inBrowser, type World } from './support/world.ts'

/** Signs up, which leaves a member with one key on the smallest plan. */
async function signUp(world: World, { page }: Visitor, email: string): Promise<void> {
  await page.goto(`${world.site}/signup`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Six digits').fill(await codeFor(world, email))
  await page.getByRole('button', { name: 'Make an account' }).click()
  await page.waitForURL(`${world.site}/welcome`)
}

const answerOf = (page: Page, model: string) => page.getByRole('region', { name: `Answer of ${model}`, exact: true })

/** Whether all of what has the focus is within the window, and nothing covers its middle. */
const isFocusInView = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`{
    const { top, bottom, left, right } = document.activeElement.getBoundingClientRect()
    const front = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    top >= 0 && bottom <= innerHeight && document.activeElement.contains(front)
  }`)

/** What one of a page's answers says of itself, once that fits. */
const said = (page: Page, model: string, words: RegExp): Promise<void> =>
  eventually(async () => words.test(await answerOf(page, model).innerText()), `${model} says ${words}`)

inBrowser('the playground', (world) => {
  test('compares two models as they answer, stops one, gives the request as curl, and leads to its record', async () => {
    const visitor = await world().visitor()
    const { page } = visitor
    await signUp(world(), visitor, 'ada@acme.example')
    await page.goto(`${world().site}/console/playground`)
    await pageTitle(page, 'Playground').waitFor()
    await page.getByRole('button', { name: 'Add a model' }).click()
    await page.getByLabel('Model 2', { exact: true }).fill('speka/sandbox:stall@4')
    await page.getByLabel('System message').fill('Be brief.')
    await page.getByLabel('User message').fill("What's a gateway?")
    await page.getByLabel('Temperature').fill('0.2')
    await page.getByRole('button', { name: 'Ask 2 models' }).click()
    await said(page, 'speka/sandbox', /complete[^]*First token[^]*In all[^]*Output tokens[^]*Cost\s+\$0\.0000/)
    await said(page, 'speka/sandbox:stall@4', /answering[^]*First token/)
    await answerOf(page, 'speka/sandbox:stall@4').getByRole('button', { name: 'Stop' }).click()
    await said(page, 'speka/sandbox:stall@4', /stopped[^]*on record as cancelled[^]*Cost[^]*0\.0000/)
    await settled(page)
    await picture(page, 'playground-compared')

    await answerOf(page, 'speka/sandbox').getByRole('button', { name: 'Copy as…' }).click()
    const code = await page.getByRole('region', { name: 'curl' }).innerText()
    expect(code).toContain(`curl ${world().site}/v1/chat/completions`)
    expect(code).toContain(`"content": "What'\\''s a gateway?"`)
    expect(code).toContain('"temperature": 0.2')
    expect(code).toContain('$SPEKA_API_KEY')
    expect(code).not.toContain('sk-speka')
    await page.getByRole('button', { name: 'Close' }).click()

    await answerOf(page, 'speka/sandbox:stall@4').getByRole('link', { name: 'Its record' }).click()
    await pageTitle(page, 'Request').waitFor()
    await settled(page)
    expect(await page.getByRole('main').innerText()).toMatch(/cancelled/)
    await page.getByRole('link', { name: 'Ask again in the playground' }).click()
    await pageTitle(page, 'Playground').waitFor()
    expect(await page.getByLabel('Model 1', { exact: true }).inputValue()).toBe('speka/sandbox:stall@4')
    expect(await page.getByLabel('User message').inputValue()).toBe('')
  })

  test('says what is wrong and what to do, and shows no half of an answer as a whole one', async () => {
    const visitor = await world().visitor({ statuses: [502, 503] })
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    const models = 'speka/sandbox:cut@3 speka/sandbox:401 nobody/knows-this'
    await page.goto(`${world().operator}/console/playground?models=${encodeURIComponent(models)}`)
    await page.getByRole('button', { name: 'Ask 3 models' }).click()
    await page.getByText('Say what to ask.').waitFor()
    await page.getByLabel('User message').fill('Hello!')
    await page.getByLabel('Tools, as JSON').fill('{')
    await page.getByRole('button', { name: 'Ask 3 models' }).click()
    await page.getByText('JSON of one tool, or of a list').waitFor()
    await page.getByLabel('Tools, as JSON').fill('')
    await page.getByRole('button', { name: 'Ask 3 models' }).click()
    await said(page, 'speka/sandbox:cut@3', /broke off/)
    await said(page, 'speka/sandbox:401', /failed/)
    await said(
      page,
      'nobody/knows-this',
      /failed[^]*No model is called "nobody\/knows-this"[^]*See which models there are/,
    )
    expect(await page.getByText('complete', { exact: true }).count()).toBe(0)
  })

  test('draws images, and makes embeddings', async () => {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console/playground?tab=images`)
    await page.getByLabel('What to draw').fill('A lighthouse')
    await page.getByLabel('What to draw').press('Control+Enter')
    await said(page, 'speka/sandbox', /complete[^]*Cost[^]*0\.01/)
    const image = answerOf(page, 'speka/sandbox').getByRole('img')
    await eventually(() => image.evaluate((shown) => Reflect.get(shown, 'naturalWidth') > 0), 'the image is shown')
    await page.getByRole('tab', { name: 'Embedding' }).click()
    await page.getByLabel('Text', { exact: true }).fill('A lighthouse')
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await said(page, 'speka/sandbox', /complete[^]*256 dimensions/)
  })

  test.each([
    { width: 390, theme: 'light' },
    { width: 390, theme: 'dark' },
    { width: 1600, theme: 'light' },
    { width: 1600, theme: 'dark' },
  ] as const)(
    'can be read by all with its answers, and so can a route that is explained: $width, $theme',
    async (sight) => {
      const visitor = await world().visitor(sight)
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      await page.goto(
        `${world().operator}/console/playground?models=${encodeURIComponent('speka/sandbox speka/sandbox')}`,
      )
      await page.getByLabel('User message').fill('Hello!')
      const ask = page.getByRole('button', { name: 'Ask 2 models' })
      const { y = -1, height = 0 } = (await ask.boundingBox()) ?? {}
      expect(y >= 0 && y + height <= (page.viewportSize()?.height ?? 0)).toBe(true)
      // What has the focus is not beneath the buttons that stay in view.
      await page.getByLabel('Tools, as JSON').focus()
      expect(await isFocusInView(page)).toBe(true)
      await ask.click()
      await page.getByText('complete', { exact: true }).nth(1).waitFor()
      await settled(page)
      await picture(page, `playground-${sight.width}-${sight.theme}`)
      expect([await overflow(page), await severeFindings(page)]).toEqual([0, []])

      await page.goto(`${world().operator}/console/routing`)
      await page.getByLabel('Most output tokens').fill('100')
      await page.getByRole('button', { name: 'Explain' }).click()
      await page.getByText('It would be tried here, in this order').waitFor()
      await settled(page)
      await picture(page, `routing-${sight.width}-${sight.theme}`)
      expect([await overflow(page), await severeFindings(page)]).toEqual([0, []])
    },
  )
})
