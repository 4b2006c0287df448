import { codeFor, newCodeFor, pageTitle } from './support/sign-in.ts'
import { settled } from './support/settled.ts'
import { inBrowser } from './support/world.ts'

inBrowser('who signs up', (world) => {
  test('has a key and an answer after three actions, and sees the request arrive', async () => {
    const visitor = await world().visitor()
    const { page } = visitor
    const { site } = world()
    await page.goto(`${site}/signup`)
    // 1. The address. 2. The code. 3. The command is pasted.
    await page.getByLabel('E-mail address').fill('ada@acme.example')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Six digits').fill(await codeFor(world(), 'ada@acme.example'))
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page.waitForURL(`${site}/welcome`)
    const words = await page.getByRole('main').innerText()
    const key = /sk-speka-live-\w+/.exec(words)?.[0] ?? ''
    expect(words).toContain(`curl ${site}/v1/chat/completions`)
    const answer = await fetch(`${site}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect(answer.status).toBe(200)
    await page.goto(`${site}/console/requests`)
    await pageTitle(page, 'Requests').waitFor()
    await settled(page)
    expect(await page.getByRole('main').innerText()).toContain('speka/sandbox')
  })

  test('comes to the page that he wanted to see by his code, later', async () => {
    const { page } = await world().visitor()
    const { site } = world()
    await page.goto(`${site}/console/requests?outcome=failed`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Sign up' }).last().click()
    await page.getByLabel('E-mail address').fill('fay@acme.example')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Six digits').fill(await codeFor(world(), 'fay@acme.example'))
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page.getByRole('link', { name: 'Open the console' }).click()
    await pageTitle(page, 'Requests').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto(`${site}/console/keys?status=active`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('E-mail address').fill('fay@acme.example')
    const before = await codeFor(world(), 'fay@acme.example')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Six digits').fill(await newCodeFor(world(), 'fay@acme.example', before))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${site}/console/keys?status=active`)
  })

  test('is told beside the field that a code is wrong, and comes in by the right one', async () => {
    const { page } = await world().visitor()
    const { site } = world()
    await page.goto(`${site}/signup`)
    await page.getByLabel('E-mail address').fill('bob@acme.example')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    const code = await codeFor(world(), 'bob@acme.example')
    await page.getByLabel('Six digits').fill(code === '000000' ? '111111' : '000000')
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page.getByText(/code is not/i).waitFor()
    await page.getByLabel('Six digits').fill(code)
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page
      .getByText(/sk-speka-live-/)
      .first()
      .waitFor()
  })
})
