import { pageTitle, sayToken, signInAsOperator } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

inBrowser('the operator', (world) => {
  test('signs in with the admin token, and sees the Overview', async () => {
    const visitor = await world().visitor()
    await signInAsOperator(world(), visitor)
    expect(await visitor.page.title()).toMatch(/^Overview/)
  })

  test('is told that a token is wrong, and can say another', async () => {
    const { page } = await world().visitor()
    await page.goto(`${world().operator}/console`)
    await sayToken(page, 'not-the-token')
    await page.getByText(/not the admin token/).waitFor()
    await sayToken(page, world().gateway.adminToken)
    await pageTitle(page, 'Overview').waitFor()
  })

  test('comes to the page that was asked for, once signed in', async () => {
    const { page } = await world().visitor()
    await page.goto(`${world().operator}/console/requests?outcome=failed`)
    await sayToken(page, world().gateway.adminToken)
    await pageTitle(page, 'Requests').waitFor()
    expect(page.url()).toContain('outcome=failed')
  })

  test('has a cookie that no script reads, and no token in the storage of the page', async () => {
    const visitor = await world().visitor()
    await signInAsOperator(world(), visitor)
    const cookies = await visitor.context.cookies()
    expect(cookies.filter(({ name }) => name.includes('speka_operator'))).toEqual([
      expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' }),
    ])
    const stored = await visitor.page.evaluate(
      'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])',
    )
    expect(stored).not.toContain(world().gateway.adminToken)
    expect(stored).not.toContain('speka_operator')
  })

  test('is nobody at the address of callers, whatever cookie the browser has', async () => {
    const visitor = await world().visitor()
    await signInAsOperator(world(), visitor)
    const { gateway, site } = world()
    const [cookie] = await visitor.context.cookies()
    const headers = { cookie: `${cookie?.name}=${cookie?.value}` }
    expect((await fetch(`${gateway.adminOrigin}/api/v1/accounts`, { headers })).status).toBe(200)
    expect((await fetch(`${site}/api/v1/accounts`, { headers })).status).toBe(401)
  })

  test('is out after signing out, also for who goes back', async () => {
    const visitor = await world().visitor()
    await signInAsOperator(world(), visitor)
    const { page } = visitor
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByLabel('Admin token').waitFor()
    await page.goBack()
    await page.getByLabel('Admin token').waitFor()
  })

  test('is out in every browser once he signs out everywhere', async () => {
    const [here, there] = [await world().visitor(), await world().visitor()]
    for (const visitor of [here, there]) await signInAsOperator(world(), visitor)
    await here.page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await here.page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    await here.page.getByLabel('Admin token').waitFor()
    await there.page.getByRole('link', { name: 'Requests' }).click()
    await there.page.getByLabel('Admin token').waitFor()
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example/'])(
    'is led to no other host by a link that says back=%s',
    async (evil) => {
      const { page } = await world().visitor()
      await page.goto(`${world().operator}/console/sign-in?back=${encodeURIComponent(evil)}`)
      await sayToken(page, world().gateway.adminToken)
      await pageTitle(page, 'Overview').waitFor()
      expect(new URL(page.url()).origin).toBe(world().operator)
    },
  )
})
