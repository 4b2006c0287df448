import { settled } from './support/settled.ts'
import { enterAsOperator, pageTitle } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

inBrowser('a page of the console', (world) => {
  test('is the one before after going back, with its filter', async () => {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console/requests?outcome=failed`)
    await settled(page)
    await page.getByRole('link', { name: 'Overview' }).click()
    await pageTitle(page, 'Overview').waitFor()
    await page.goBack()
    await pageTitle(page, 'Requests').waitFor()
    expect(page.url()).toContain('outcome=failed')
    await page.goForward()
    await pageTitle(page, 'Overview').waitFor()
  })

  test('says that it is offline, keeps what it shows, and reads anew when it is back', async () => {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page, context } = visitor
    const key = await world().management.key('offline')
    await page.goto(`${world().operator}/console/requests`)
    await settled(page)
    await context.setOffline(true)
    await page.getByText(/you are offline/i).waitFor()
    await pageTitle(page, 'Requests').waitFor()
    const answer = await world().management.chat(key.key)
    await answer.arrayBuffer()
    await context.setOffline(false)
    await page.getByText(/you are offline/i).waitFor({ state: 'detached' })
    await page
      .locator(`a[href*="${answer.headers.get('x-request-id')}"]`)
      .first()
      .waitFor()
  })

  test('says in words that there is no such page, and leads back', async () => {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console/nowhere`)
    await settled(page)
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await pageTitle(page, 'Overview').waitFor()
  })
})
