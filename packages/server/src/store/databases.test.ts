import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeIn } from './open-store.ts'

/** What a database is made of: each in a file of this name, so that the listing of one shows what the next needs. */
const parts = [
  'alerts.ts',
  'audit.ts',
  'invoices.ts',
  'ledger.ts',
  'open-store.ts',
  'open-store.test.ts',
  'registry.ts',
  'replies.ts',
  'responses.ts',
  'sign-in-codes.ts',
]

/** What stands behind the one file that chooses; beside them are folders of what they share. */
const databases = [
  ...new Set(
    [...readFileSync(join(import.meta.dirname, 'open-store.ts'), 'utf8').matchAll(/'\.\/(\w+)\/open-store\.ts'/g)].map(
      ([, name = '']) => name,
    ),
  ),
].map((name) => ({ name }))

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
