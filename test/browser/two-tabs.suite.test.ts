import type { Locator, Page } from 'playwright-core'
import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { rowOf } from './support/tables.ts'
import { inBrowser } from './support/world.ts'

/** Opens the form of one row. */
async function edit(page: Page, table: string, words: string): Promise<Locator> {
  await rowOf(page, table, words).getByRole('button', { name: 'Edit' }).click()
  return page.getByRole('dialog')
}

async function changePlan(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Change plan' }).click()
  return page.getByRole('dialog')
}

const save = (form: Locator): Promise<void> => form.getByRole('button', { name: 'Save' }).click()

/** What a form says that nothing was saved by. */
const REFUSED = 'Somebody has changed this since you opened it, so nothing was saved.'

inBrowser('two tabs that edit the same', (world) => {
  /** The same page of the console in two tabs. */
  async function twoTabs(path: string): Promise<readonly [Page, Page]> {
    const visitor = await world().visitor()
    await enterAsOperator(world(), visitor)
    const tabs = [visitor.page, await visitor.newTab()] as const
    for (const tab of tabs) {
      await tab.goto(`${world().operator}/console${path}`)
      await settled(tab)
    }
    return tabs
  }

  test('key lose nothing: the second is told, sees what the first has saved, and adds to it', async () => {
    const { id } = await world().management.key('draft')
    const [first, second] = await twoTabs(`/keys?q=${id}`)
    const here = await edit(first, 'Keys', id)
    const there = await edit(second, 'Keys', id)
    await here.getByLabel('Name').fill('reports')
    await save(here)
    await here.waitFor({ state: 'detached' })

    await there.getByLabel('Environment').fill('production')
    await save(there)
    await there.getByRole('alert').getByText(REFUSED).waitFor()
    expect(await world().management.call('GET', `/keys/${id}`)).toMatchObject({ name: 'reports', environment: null })
    await there.getByRole('button', { name: 'Close' }).click()
    await rowOf(second, 'Keys', id).getByText('reports').waitFor()

    const again = await edit(second, 'Keys', id)
    expect(await again.getByLabel('Name').inputValue()).toBe('reports')
    await again.getByLabel('Environment').fill('production')
    await save(again)
    await again.waitFor({ state: 'detached' })
    expect(await world().management.call('GET', `/keys/${id}`)).toMatchObject({
      name: 'reports',
      environment: 'production',
    })
  })

  test('team agree on its name: the second is told, and its keys and limits stay with it', async () => {
    const { management } = world()
    const { id } = await management.call<{ id: string }>('POST', '/teams', { name: 'Research' })
    await management.key('of the team', { team: id })
    await management.call('POST', '/limits', { subject: { team: id }, usd: '7', window: 'month' })
    const [first, second] = await twoTabs(`/teams?q=${id}`)
    const rename = async (page: Page): Promise<Locator> => {
      await rowOf(page, 'Teams', id).getByRole('button', { name: 'Rename' }).click()
      return page.getByRole('dialog', { name: 'Rename the team "Research"' })
    }
    const [here, there] = [await rename(first), await rename(second)]
    expect(await here.getByLabel('Name').inputValue()).toBe('Research')
    await here.getByLabel('Name').fill('Discovery')
    await save(here)
    await rowOf(first, 'Teams', id).getByText('Discovery').waitFor()
    await rowOf(first, 'Teams', id).getByText('of $7.00 a month').waitFor()
    expect(await management.call('GET', '/keys?include=team')).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ team: id, team_name: 'Discovery' })]),
    })

    await there.getByLabel('Name').fill('Marketing')
    await save(there)
    await there.getByRole('alert').getByText(REFUSED).waitFor()
    await there.getByRole('button', { name: 'Close' }).click()
    await rowOf(second, 'Teams', id).getByText('Discovery').waitFor()
  })

  test('limit do not undo each other', async () => {
    const { management } = world()
    const { id } = await management.key('capped', { limits: { usd: '10', window: 'month' } })
    const [first, second] = await twoTabs('/limits')
    const here = await edit(first, 'Limits', id)
    const there = await edit(second, 'Limits', id)
    await here.getByLabel('How much (USD)').fill('2')
    await save(here)
    await here.waitFor({ state: 'detached' })
    await there.getByLabel('How much (USD)').fill('50')
    await save(there)
    await there.getByRole('alert').getByText(REFUSED).waitFor()
    await there.getByRole('button', { name: 'Close' }).click()
    await rowOf(second, 'Limits', id).getByText('of $2.00 a month').waitFor()
  })

  test('plan of an account agree on one', async () => {
    const { id } = await world().management.account('Twice', 'starter')
    const [first, second] = await twoTabs(`/billing?account=${id}`)
    const [here, there] = [await changePlan(first), await changePlan(second)]
    await here.getByLabel('Plan').selectOption('pro')
    await here.getByRole('button', { name: 'Change plan' }).click()
    await here.waitFor({ state: 'detached' })
    await there.getByLabel('Plan').selectOption('scale')
    await there.getByRole('button', { name: 'Change plan' }).click()
    await there.getByRole('alert').getByText(REFUSED).waitFor()
  })

  test('key, of which one revokes it: the other is told, and cannot bring it back', async () => {
    const { id } = await world().management.key('gone')
    const [first, second] = await twoTabs(`/keys?q=${id}`)
    const there = await edit(second, 'Keys', id)
    await rowOf(first, 'Keys', id).getByRole('button', { name: 'Revoke' }).click()
    await first.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
    await rowOf(first, 'Keys', id).getByText('revoked', { exact: true }).waitFor()
    await there.getByLabel('Name').fill('back again')
    await save(there)
    await there.getByRole('alert').waitFor()
    await there.getByRole('button', { name: 'Close' }).click()
    await rowOf(second, 'Keys', id).getByText('revoked', { exact: true }).waitFor()
    expect(await world().management.call('GET', `/keys/${id}`)).toMatchObject({ name: 'gone', status: 'revoked' })
  })
})
