import { settled } from './support/settled.ts'
import { enterAsOperator } from './support/sign-in.ts'
import { rowOf } from './support/tables.ts'
import { inBrowser } from './support/world.ts'

const SAYS = new TextDecoder()

inBrowser(
  'a key that is revoked in the console',
  (world) => {
    test('is refused with its next request, ends the stream that runs, and says so where one looks', async () => {
      const { management, operator } = world()
      const key = await management.key('leaked')
      const running = await management.chat(key.key, { model: 'speka/sandbox:stall@5', stream: true })
      const stream = running.body?.getReader()
      let heard = ''
      // Output has come, and no more will: it runs for as long as nobody ends it.
      while (!heard.includes('"content"')) heard += SAYS.decode((await stream?.read())?.value, { stream: true })

      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      const { page } = visitor
      await page.goto(`${operator}/console/keys?q=leaked`)
      await settled(page)
      await rowOf(page, 'Keys', 'leaked').getByRole('button', { name: 'Revoke' }).click()
      const question = page.getByRole('alertdialog')
      expect(await question.innerText()).toContain('Revoke the key "leaked"?')
      await question.getByRole('button', { name: 'Revoke' }).click()
      await page.getByText('The key "leaked" is revoked.').waitFor()
      await rowOf(page, 'Keys', 'leaked').getByText('revoked', { exact: true }).waitFor()
      expect(await rowOf(page, 'Keys', 'leaked').getByRole('button').count()).toBe(0)

      for (let ended = false; !ended;) {
        const part = await stream?.read()
        ended = part?.done !== false
        heard += SAYS.decode(part?.value, { stream: true })
      }
      expect(heard).toContain('invalid_api_key')
      expect(heard).not.toContain('[DONE]')
      const next = await management.chat(key.key)
      expect({ status: next.status, error: await next.json() }).toMatchObject({
        status: 401,
        error: { error: { code: 'invalid_api_key', message: expect.stringContaining('revoked') } },
      })

      await page.goto(`${operator}/console/requests?key_id=${key.id}`)
      await settled(page)
      await rowOf(page, 'Requests', key.id).getByText('cancelled').waitFor()
      expect(await rowOf(page, 'Requests', key.id).innerText()).toContain('invalid_api_key')
      await page.goto(`${operator}/console/audit`)
      await settled(page)
      expect(await page.getByRole('main').innerText()).toMatch(/key\.revoke/)
    })
  },
  // Silence is no fault here, however long the machine takes to come to the button.
  { config: { timeouts: { idle_ms: 600_000, first_token_ms: 600_000 } } },
)
