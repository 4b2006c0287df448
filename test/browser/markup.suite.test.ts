import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream.ts'
import { consolePages, publicPages } from './support/every-page.ts'
import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

/** What runs in a page that takes a text for markup. */
const MARKUP = '<img src=x onerror=alert(1)>'

/** What a spreadsheet runs. */
const FORMULAS = ['=1+1', '+1+1', '-1+1', '@SUM(1)']

let upstream: ScriptedUpstream | undefined

async function withUpstream() {
  upstream = await startScriptedUpstream()
  const body = JSON.stringify({ error: { message: `No ${MARKUP} here`, type: 'invalid_request_error' } })
  upstream.on(`m/${MARKUP}`, [
    {
      write: `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    },
  ])
  return {
    config: {
      providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
      models: { 'm/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
    },
  }
}

/** Pages where a text of a stranger stands, by what has to be on them to the letter. */
const shown: readonly string[] = ['/', '/requests', '/keys', '/limits', '/teams', '/customers', '/tokens', '/accounts']

/** That no picture was made of it: pages have none but ours. */
const expectText = async (page: Page, path: string): Promise<void> =>
  expect({ path, parsed: await page.locator('img[onerror], img[src="x"]').count() }).toEqual({ path, parsed: 0 })

inBrowser(
  'a text that is markup',
  (world) => {
    let account: string
    let request: string

    beforeAll(async () => {
      const { management } = world()
      account = (await management.account(MARKUP)).id
      const team = await management.call<{ id: string }>('POST', '/teams', { account, name: MARKUP })
      const key = await management.key(MARKUP, { account, team: team.id, environment: MARKUP, tags: [MARKUP] })
      await management.call('POST', '/limits', { account, subject: { customer: MARKUP }, usd: '5', window: 'month' })
      await management.call('POST', '/tokens', { account, name: MARKUP, role: 'viewer' })
      await management.call('POST', '/grants', { account, usd: '1', note: MARKUP })
      for (const name of FORMULAS) await management.key(name, { account })
      const said = { user: MARKUP, metadata: { note: MARKUP }, messages: [{ role: 'user', content: MARKUP }] }
      await (await management.chat(key.key, said)).arrayBuffer()
      const refused = await management.chat(key.key, { ...said, model: `m/${MARKUP}` })
      expect(refused.status).toBe(400)
      request = refused.headers.get('x-request-id') ?? ''
    })
    afterAll(() => upstream?.close())

    test('is read as it was written on every page of the console, and runs on none', async () => {
      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      const missing: string[] = []
      for (const path of consolePages) {
        await page.goto(`${world().operator}/console${path.replace(/\$.*/, request)}`)
        await settled(page)
        await expectText(page, path)
        const words = await page.getByRole('main').innerText()
        if ((shown.includes(path) || path === '/requests/$id') && !words.includes(MARKUP)) missing.push(path)
      }
      expect(missing).toEqual([])
      await page.goto(`${world().operator}/console/billing?account=${account}`)
      await settled(page)
      await page.getByText(MARKUP).first().waitFor()
      await expectText(page, '/billing')
      // What asks before it destroys names it, too.
      await page.goto(`${world().operator}/console/keys?account=${account}&q=img`)
      await settled(page)
      await page.getByRole('button', { name: 'Revoke' }).first().click()
      await page.getByRole('alertdialog').getByText(`Revoke the key "${MARKUP}"?`).waitFor()
      await expectText(page, '/keys')
    })

    test('is text on an invoice, and on the pages for visitors', async () => {
      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      const month = new Date().toISOString().slice(0, 7)
      await page.goto(`${world().operator}/api/v1/invoices/draft?account=${account}&month=${month}&format=html`)
      await page.getByText(MARKUP).first().waitFor()
      await expectText(page, 'the draft of an invoice')
      for (const path of [
        ...publicPages,
        `/models/${encodeURIComponent(MARKUP)}`,
        `/models?q=${encodeURIComponent(MARKUP)}`,
      ]) {
        await page.goto(world().site + path)
        await settled(page)
        await expectText(page, path)
      }
    })

    test('that a spreadsheet would run is a text in every CSV', async () => {
      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      await page.goto(`${world().operator}/console/keys?account=${account}`)
      await settled(page)
      const began = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download CSV of Keys' }).click()
      const csv = await readFile(await (await began).path(), 'utf8')
      for (const formula of FORMULAS) expect(csv).toContain(`\r\n'${formula},`)
      // Each cell is quoted or not, and begins with none of these either way.
      expect(csv).not.toMatch(/(?:^|[,\n])"?[=+@]/)
    })
  },
  withUpstream,
)
