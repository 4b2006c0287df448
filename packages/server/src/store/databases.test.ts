import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeIn } from './open-store.ts'

/** What a database is made of: each in a file of this name, so that the listing of one shows what the next needs. */
const parts = [
  'alerts.ts',
  'audit.ts',
  'budgets.ts',
  'invoices.ts',
  'ledger.ts',
  'open-store.ts',
  'open-store.test.ts',
  'registry.ts',
  'replies.ts',
  'sign-in-codes.ts',
  'usage-totals.ts',
]

const databases = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('__'))
  .map(({ name }) => ({ name }))

test.each(databases)('$name has the parts of a database by their names', ({ name }) => {
  const files = readdirSync(join(import.meta.dirname, name))
  const missing = parts.filter((part) => !files.includes(part))
  expect(missing.map((part) => `store/${name}/${part} is missing: look how another database has it`)).toEqual([])
})

test('a gateway’s store is made in its data folder when it is first opened', async () => {
  const place = storeIn(mkdtempSync(join(tmpdir(), 'speka-')))
  expect(await place.exists()).toBe(false)
  const store = await place.open()
  await store.close()
  expect(await place.exists()).toBe(true)
  expect(existsSync(place.name)).toBe(true)
})
