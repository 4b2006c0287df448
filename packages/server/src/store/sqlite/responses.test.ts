import { existsSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteResponses } from './responses.ts'

let path: string
const opened: ReturnType<typeof sqliteResponses>[] = []
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka-responses.sqlite')
})
afterEach(async () => {
  for (const responses of opened.splice(0)) await responses.close()
})

const open = () => {
  const responses = sqliteResponses(path)
  opened.push(responses)
  return responses
}

const response = { id: 'r1', account: 'acme', until: 5000, sealed: new Uint8Array([7]) }

test('several processes keep responses in one file, which is its owner’s alone', async () => {
  const [here, there] = [open(), open()]
  await Promise.all(Array.from({ length: 20 }, (_, n) => [here, there][n % 2]?.keep({ ...response, id: `r${n}` })))
  for (const responses of [here, there])
    for (const id of ['r0', 'r1', 'r19']) expect(await responses.find(id, 'acme', 0)).toBeDefined()
  expect(await there.delete('r0', 'acme')).toBe(true)
  expect(await here.find('r0', 'acme', 0)).toBeUndefined()
  expect(statSync(path).mode & 0o077).toBe(0)
})

test('many open a new file at once, and each of them gets it', async () => {
  const all = Array.from({ length: 8 }, open)
  await Promise.all(all.map((responses, n) => responses.keep({ ...response, id: `r${n}` })))
  for (const responses of all) expect(await responses.find('r7', 'acme', 0)).toBeDefined()
})

test('no file is made by looking for what has ended', async () => {
  expect(await open().deleteEnded(0, 10)).toBe(0)
  expect(existsSync(path)).toBe(false)
})

test('a file of a newer version is left as it is', async () => {
  await open().keep(response)
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  await expect(open().find('r1', 'acme', 0)).rejects.toMatchObject({ code: 'storage_unavailable' })
  db.exec('PRAGMA user_version = 1')
  db.close()
  expect(await open().find('r1', 'acme', 0)).toBeDefined()
})
