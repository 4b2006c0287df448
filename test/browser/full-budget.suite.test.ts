import type { Page } from 'playwright-core'
import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { rowOf } from './support/tables.ts'
import { inBrowser } from './support/world.ts'

/** How full the bar of a key's limit is, in percent, on the page that is open. */
const fullness = async (page: Page, list: string, key: string): Promise<number> =>
  Number(await rowOf(page, list, key).getByRole('meter').getAttribute('aria-valuenow'))

inBrowser('a budget that runs full', (world) => {
  test('is seen to, says why requests are refused and until when, and lets them through once it is raised', async () => {
    const { management, operator } = world()
    const key = await management.key('nightly report', { limits: { usd: '0.0005', window: 'month' } })
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${operator}/console/keys`)
    await settled(page)
    expect(await fullness(page, 'Keys', 'nightly report')).toBe(0)

    // An answer that is longer than the budget ends at it.
    const long = await management.chat(key.key, { model: 'speka/sandbox:long@100000' })
    expect(await long.json()).toMatchObject({ choices: [{ finish_reason: 'budget_exhausted' }] })
    const refused = await management.chat(key.key)
    const { error } = (await refused.json()) as { error: { code: string; message: string } }
    expect({ status: refused.status, code: error.code }).toEqual({ status: 402, code: 'insufficient_quota' })
    expect(error.message).toMatch(/^The monthly limit of 0\.0005 USD for this key has .* left/)

    await page.reload()
    await settled(page)
    expect(Math.round(await fullness(page, 'Keys', 'nightly report'))).toBe(100)
    expect(await rowOf(page, 'Keys', 'nightly report').innerText()).toMatch(
      /used up: .* refused \(402\) until it is raised/i,
    )

    await page.goto(`${operator}/console/limits`)
    await settled(page)
    const limit = rowOf(page, 'Limits', key.id)
    expect(Math.round(await fullness(page, 'Limits', key.id))).toBe(100)
    expect(await limit.innerText()).toMatch(/begins anew on 1 \w{3} \d{4}/)

    await limit.getByRole('button', { name: 'Edit' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('How much (USD)').fill('5')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await limit.getByText('of $5.00 a month').waitFor()
    expect(await limit.innerText()).not.toMatch(/used up/i)
    // In force everywhere within a second: what is asked until then is still refused.
    let answer = await management.chat(key.key)
    while (answer.status === 402) answer = await management.chat(key.key)
    expect(answer.status).toBe(200)
  })
})
