import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { figure } from './support/figure.ts'
import { picture, severeFindings } from './support/look.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { inBrowser, type World } from './support/world.ts'

/** So many that they are not added up while a page is opened. */
const OLD_RECORDS = 1_200_000

const NOT_YET = /Older records are still being added up: \d+ of \d+ are/

/** What an earlier version kept of a request beside what its columns say. */
const DETAILS = JSON.stringify({
  endpoint: 'chat',
  stream: false,
  requestedModel: 'speka/sandbox',
  provider: 'sandbox',
  upstreamModel: 'sandbox',
  finishReason: 'stop',
  durationMs: 12,
  attempts: [],
})

/** Puts records of an earlier version into the ledger of a gateway, as an upgrade finds them. */
async function withOldRecords({ gateway }: World, key: string): Promise<void> {
  await gateway.stop()
  const db = new DatabaseSync(join(gateway.data, 'speka.sqlite'))
  db.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${OLD_RECORDS})
     INSERT INTO ledger
     SELECT printf('019cec00-0000-7000-8000-%012x', i), ?, ?, 'u' || i, 'speka/sandbox', 'complete', 1, 0, 1, 1000000, ? FROM n`,
  ).run(key, Date.now() - 3_300_000, DETAILS)
  db.close()
  await gateway.restart()
}

/** All that a page says, again and again until it says what one waits for. */
async function saidUntil(page: Page, done: () => Promise<boolean>): Promise<readonly string[]> {
  const said = new Set<string>()
  await eventually(async () => {
    said.add(await page.getByRole('main').innerText())
    return done()
  }, 'the page has come to its end')
  return [...said]
}

inBrowser('while old records are being added up', (world) => {
  test('the console says so in words, shows no sum that is wrong, and the right one by itself', async () => {
    const { management } = world()
    const key = await management.key('old')
    await (await management.chat(key.key)).arrayBuffer()
    await withOldRecords(world(), key.id)
    const visitor = await world().visitor({ statuses: [503] })
    const watching = await world().visitor({ statuses: [503] })
    for (const each of [visitor, watching]) await enterAsOperator(world(), each)
    const { page } = visitor
    await page.goto(`${world().operator}/console`)
    await page.getByRole('status').getByText(NOT_YET).waitFor()
    await page.getByText('asks again every five seconds').waitFor()
    await picture(page, 'records-being-added-up')
    expect(await severeFindings(page)).toEqual([])

    // Nothing is blank meanwhile: what needs no sum is there, and what does says why it is not.
    for (const path of ['/requests', '/customers', '/models', '/teams', '/system']) {
      await watching.page.goto(`${world().operator}/console${path}`)
      await watching.page.getByRole('heading', { level: 1 }).waitFor()
      await watching.page
        .getByText(NOT_YET)
        .or(watching.page.getByRole('region', { name: /^Table: / }))
        .or(watching.page.locator('dl'))
        .or(watching.page.getByText(/There is no|No request was made/))
        .first()
        .waitFor()
    }

    const exactly = (OLD_RECORDS + 1).toLocaleString('en-US')
    const all = figure(page, 'Requests').getByTitle(exactly)
    const said = await saidUntil(page, async () => (await all.count()) === 1)
    for (const words of said) {
      const isHonest = NOT_YET.test(words) || /Requests\s+1\.2M\s/.test(words) || words.includes('Loading')
      expect({ words, isHonest }).toEqual({ words, isHonest: true })
    }
    expect(await management.call('GET', '/overview?last=24h')).toMatchObject({ totals: { requests: OLD_RECORDS + 1 } })
  })
})
