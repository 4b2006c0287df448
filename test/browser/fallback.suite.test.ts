import { seed } from './support/seed.ts'
import { settled } from './support/settled.ts'
import { enterAsOperator, pageTitle } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

inBrowser('a request that fell back', (world) => {
  test('is read as a timeline: what was tried, why it failed, what answered and what it cost', async () => {
    const { fallenBack } = await seed(world())
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console/requests`)
    await settled(page)
    await page.locator(`a[href*="${fallenBack}"]`).first().click()
    await pageTitle(page, /^Request$/).waitFor()
    await settled(page)
    const words = await page.getByRole('main').innerText()
    expect(words).toContain('speka/sandbox:500')
    expect(words).toContain('500')
    expect(words).toContain('had an internal error')
    expect(words).toMatch(/answered/i)
    expect(words).toMatch(/0\.0000044/)
  })
})
