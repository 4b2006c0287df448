import { mkdtempSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monthOf, previousMonth, spanOfMonth } from '../../packages/server/src/billing/month.ts'
import { artefacts, picture } from './support/look.ts'
import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { rowOf } from './support/tables.ts'
import { inBrowser } from './support/world.ts'

/** Over for long, whatever day it is. */
const MONTH = previousMonth(previousMonth(monthOf(Date.now())))
const NEXT = monthOf(spanOfMonth(MONTH).until)
const TENTH_MS = 9 * 86_400_000

/** By how many ms the gateway's clock is off. */
const clock = join(mkdtempSync(join(tmpdir(), 'speka-clock-')), 'clock')

async function inThatMonth() {
  await writeFile(clock, String(spanOfMonth(MONTH).from + TENTH_MS - Date.now()))
  const shifted = new URL('../support/shifted-clock.mjs', import.meta.url).href
  return {
    env: { NODE_OPTIONS: `--import=${shifted}`, SPEKA_TEST_CLOCK: clock },
    config: { billing: { seller: { name: 'Speka Resellers', country: 'IE' } } },
  }
}

inBrowser(
  'a month of an account',
  (world) => {
    test('has a larger plan at once, a smaller one with the next, and ends in an invoice that is opened, printed and had as CSV', async () => {
      const { management, operator, gateway } = world()
      const { id } = await management.account('Acme', 'starter')
      // What is named by a stranger is run by no spreadsheet.
      const key = await management.key('=HYPERLINK("http://evil.example")', { account: id })
      await (await management.chat(key.key)).arrayBuffer()
      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      const billing = `${operator}/console/billing?account=${id}`
      await page.goto(billing)
      await settled(page)
      const take = async (plan: string): Promise<void> => {
        await page.getByRole('button', { name: 'Change plan' }).click()
        const form = page.getByRole('dialog')
        await form.getByLabel('Plan').selectOption(plan)
        await form.getByRole('button', { name: 'Change plan' }).click()
        await form.waitFor({ state: 'detached' })
      }
      await take('pro')
      await page.getByText('$99.00 a month, $150.00 included').waitFor()
      await take('starter')
      await page.getByText(/becomes starter on 1 /).waitFor()
      expect(await management.call('GET', `/accounts/${id}`)).toMatchObject({
        plan: 'pro',
        next_plan: { plan: 'starter', from: expect.stringContaining(`${NEXT}-01T00:00:00`) },
      })

      // The present: that month is over.
      await page.goto('about:blank')
      await writeFile(clock, '0')
      await gateway.restart()
      await enterAsOperator(world(), visitor)
      await page.goto(billing)
      await settled(page)
      await page.getByText('$19.00 a month, $25.00 included').waitFor()
      await page.getByRole('button', { name: 'Close a month' }).click()
      const closing = page.getByRole('dialog', { name: 'Issue the invoices of a month' })
      await closing.getByLabel('Month').fill(MONTH)
      await closing.getByRole('button', { name: 'Close the month' }).click()
      await closing.waitFor({ state: 'detached' })
      await page.getByText(/^\d+ invoices? issued for /).waitFor()

      const row = rowOf(page, 'Invoices', MONTH)
      const opened = visitor.context.waitForEvent('page')
      await row.getByRole('link', { name: /^View invoice/ }).click()
      const invoice = await opened
      await invoice.getByRole('heading', { level: 1, name: /invoice/i }).waitFor()
      const words = await invoice.locator('body').innerText()
      for (const said of ['Acme', 'Speka Resellers', 'pro', 'starter']) expect(words).toContain(said)
      await picture(invoice, 'invoice')
      const pdf = await invoice.pdf({ path: join(artefacts, 'invoice.pdf'), format: 'A4' })
      expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-')

      const began = page.waitForEvent('download')
      await row.getByRole('link', { name: /^Download invoice .* as CSV$/ }).click()
      const csv = await readFile(await (await began).path(), 'utf8')
      expect(csv.split('\r\n')[0]).toMatch(/^invoice,state,account,month,kind,/)
      expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
      expect(csv).not.toMatch(/(?:^|[,\n])"?[=+@]/)
    })
  },
  inThatMonth,
)
