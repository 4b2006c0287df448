import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import type { RequestFilter } from '../../store.ts'
import { openSqliteStore } from '../open-store.ts'

const START = Date.UTC(2026, 10, 22)

test('rows that lie side by side are read at once, and nothing comes in the place of one that somebody has removed', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-requests-')), 'speka.sqlite')
  const store = await openSqliteStore({ path })
  const ids: string[] = []
  for (const [index, model] of ['a', 'b', 'a', 'a', 'a', 'b', 'a'].entries()) {
    const record = usageRecord({ model, createdAt: START + index })
    ids.push(record.id)
    await store.ledger.settle(record)
  }
  const asked = async (filter: RequestFilter, limit = 100): Promise<number[]> => {
    const found: number[] = []
    let cursor: string | undefined
    do {
      const page = await store.ledger.requests(filter, cursor, limit)
      found.push(...page.records.map(({ id }) => ids.indexOf(id)))
      cursor = page.next
    } while (cursor !== undefined)
    return found
  }
  for (const limit of [1, 2, 3, 100]) {
    expect(await asked({ first: 'oldest' }, limit)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(await asked({ model: 'a', first: 'oldest' }, limit)).toEqual([0, 2, 3, 4, 6])
    expect(await asked({ model: 'a' }, limit)).toEqual([6, 4, 3, 2, 0])
  }
  const file = new DatabaseSync(path)
  file.exec('DROP TRIGGER usage_record_is_never_deleted')
  file.prepare('DELETE FROM usage_record WHERE id = ?').run(ids[3] ?? '')
  file.close()
  for (const limit of [1, 2, 3, 100]) expect(await asked({ model: 'a', first: 'oldest' }, limit)).toEqual([0, 2, 4, 6])
  await store.close()
})
