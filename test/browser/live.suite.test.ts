import type { Page } from 'playwright-core'
import { dataRequests } from './support/data-requests.ts'
import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { rowOf } from './support/tables.ts'
import { figure } from './support/figure.ts'
import { inBrowser } from './support/world.ts'

/** Marks the document, so that another one in its place is noticed. */
const mark = (page: Page) => page.evaluate('globalThis.isTheFirst = true')
const isMarked = (page: Page) => page.evaluate('globalThis.isTheFirst === true')

inBrowser('a page that keeps itself current', (world) => {
  test('shows another number once there is one: nothing is loaded again, and nothing is asked for', async () => {
    const { management } = world()
    const key = await management.key('live')
    await (await management.chat(key.key)).arrayBuffer()
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console`)
    await settled(page)
    const requests = figure(page, 'Requests')
    await requests.getByText('1', { exact: true }).waitFor()
    await mark(page)
    const asked = dataRequests(page)
    await (await management.chat(key.key)).arrayBuffer()
    await requests.getByText('2', { exact: true }).waitFor()
    await (await management.chat(key.key, { model: 'speka/sandbox:500' })).arrayBuffer()
    await requests.getByText('3', { exact: true }).waitFor()
    await figure(page, 'Errors').getByText('1', { exact: true }).waitFor()
    expect([await isMarked(page), asked()]).toEqual([true, []])
  })

  test('has what another has made, and how full a limit is by now', async () => {
    const { management } = world()
    const key = await management.key('watched', { limits: { usd: '5', window: 'month' } })
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const { page } = visitor
    await page.goto(`${world().operator}/console/keys`)
    await settled(page)
    const row = rowOf(page, 'Keys', key.id)
    await row.getByText('$0.00 of $5.00 a month').waitFor()
    await mark(page)
    const asked = dataRequests(page)
    await (await management.chat(key.key)).arrayBuffer()
    await row.getByText(/^\$0\.0000\d+ of \$5\.00 a month$/).waitFor()
    const other = await management.key('made elsewhere')
    await rowOf(page, 'Keys', other.id).waitFor()
    await management.call('DELETE', `/keys/${other.id}`)
    await rowOf(page, 'Keys', other.id).getByText('revoked', { exact: true }).waitFor()
    expect([await isMarked(page), asked()]).toEqual([true, []])
  })
})
