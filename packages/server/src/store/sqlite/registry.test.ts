import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { accountRecord, keyRecord, put, somebody } from '../__fixtures__/records.ts'
import type { Store } from '../store.ts'
import { openSqliteStore } from './open-store.ts'

let path: string
let stores: [Store, Store]
beforeEach(async () => {
  path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  stores = [await openSqliteStore({ path }), await openSqliteStore({ path })]
})
afterEach(() => Promise.all(stores.map((store) => store.close())))

test('two processes that change what both have read do not both succeed, and the audit has the one that did', async () => {
  const [here, there] = stores
  const before = await put(here, 'account', accountRecord('acc_1'))
  const rename = ({ registry }: Store, name: string) =>
    registry.change([{ kind: 'account', before, after: { ...before.record, name } }], { ...somebody, action: name })
  const both = await Promise.allSettled([rename(here, 'here'), rename(there, 'there')])
  const won = both[0].status === 'fulfilled' ? 'here' : 'there'
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
  expect((await there.audit.list()).map(({ action }) => action)).toEqual(['test.put', won])
  expect(await here.audit.verify()).toEqual({ entries: 2 })
})

test('changes of many processes make one chain, and each hears of the other’s', async () => {
  const [here, there] = stores
  const version = await there.registry.version()
  const keys = Array.from({ length: 40 }, (_, index) => keyRecord({ tags: [`t${index % 3}`] }))
  const kept = await Promise.all(keys.map((key, index) => put(index % 2 === 0 ? here : there, 'key', key)))
  expect((await there.registry.changedSince(version)).changed).toHaveLength(40)
  expect(await here.audit.verify()).toEqual({ entries: 40 })
  expect(new Set(kept.map(({ record }) => record.labels)).size).toBe(3)
})

test.each([
  { what: 'an entry changed', sql: `UPDATE audit SET after = '{}' WHERE n = 2`, n: 2, why: /was changed/ },
  { what: 'an entry taken out', sql: 'DELETE FROM audit WHERE n = 2', n: 2, why: /entry 3 is in its place/ },
  { what: 'the last cut off', sql: 'DELETE FROM audit WHERE n = 3', n: 3, why: /is missing/ },
  {
    what: 'a record changed without one',
    sql: `UPDATE registry SET body = json_set(body, '$.name', 'x') WHERE id = 'acc_2'`,
    n: 2,
    why: /account acc_2 is not as the audit says/,
  },
  {
    what: 'a record put in without one',
    sql: `INSERT INTO registry SELECT kind, 'acc_new', account, NULL, 0, 1, 3, 1, body FROM registry WHERE id = 'acc_1'`,
    n: 4,
    why: /none says how account acc_new was made/,
  },
  {
    what: 'a record taken out',
    sql: `DELETE FROM registry WHERE id = 'acc_2'`,
    n: 2,
    why: /account acc_2, which it is about, is gone/,
  },
])('the audit tells of $what by hand', async ({ sql, n, why }) => {
  const [store] = stores
  for (const id of ['acc_1', 'acc_2', 'acc_3']) await put(store, 'account', accountRecord(id))
  const shell = new DatabaseSync(path)
  shell.exec(`DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted; ${sql}`)
  shell.close()
  expect((await store.audit.verify()).broken).toEqual({ n, why: expect.stringMatching(why) })
})
