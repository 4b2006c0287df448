import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { openSqliteStore } from './open-store.ts'

test('a row that cannot be read is named by whoever asks for it, and its neighbours can be had', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  const store = await openSqliteStore({ path, foldWaitMs: Infinity })
  for (const createdAt of [1000, 2000]) await store.ledger.settle(usageRecord({ createdAt }))
  expect((await store.ledger.requests({}, undefined, 10)).records).toHaveLength(2)
  const db = new DatabaseSync(path)
  db.exec(`DROP TRIGGER usage_record_is_never_changed; UPDATE usage_record SET record = '{' WHERE created_at = 2000`)
  db.close()
  await expect(store.ledger.requests({}, undefined, 10)).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringContaining('Row 2 of owner 1 is damaged'),
  })
  expect((await store.ledger.requests({ until: 2000 }, undefined, 10)).records).toHaveLength(1)
  await store.close()
})
