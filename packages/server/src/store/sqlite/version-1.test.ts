import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { makeVersion1File } from './__fixtures__/version-1-file.ts'
import { openSqliteStore } from './open-store.ts'
import { migrations } from './thread/migrations.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')

/** Everything that stands in the table of old rows, byte for byte. */
function oldRows(path: string): unknown[] {
  const db = new DatabaseSync(path, { readOnly: true })
  const statement = db.prepare('SELECT rowid, *, hex(details) AS bytes FROM ledger ORDER BY rowid')
  statement.setReadBigInts(true)
  const rows = statement.all()
  db.close()
  return rows
}

function versionOf(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  db.close()
  return version
}

describe('a file of the first version', () => {
  test('is read where it lies, unchanged, with new rows beside the old', async () => {
    const path = newPath()
    makeVersion1File(path)
    const before = oldRows(path)
    const store = await openSqliteStore({ path })
    const first = { ...usageRecord(), id: '019cec00-0000-7000-8000-000000000001', upstreamId: 'chatcmpl-1' }
    expect(await store.ledger.find(first.id)).toEqual(first)
    expect(await store.ledger.find('019cec00-0000-7000-8000-000000000004')).toMatchObject({
      metadata: { team: 'blue “🐢”' },
      usage: { inputTokens: 12, outputTokens: 3, images: 2, estimated: true },
      charge: 9_007_199_254_740_993n,
      attempts: [{ outcome: 'rate_limit', cost: 77n }],
    })
    const added = usageRecord({ charge: 5n })
    await store.ledger.settle(added)
    expect(await store.ledger.find(added.id)).toEqual(added)
    expect(await store.ledger.totals({ by: 'key' })).toMatchObject([
      { group: undefined, requests: 1, failed: 1 },
      { group: 'key_A', requests: 3, charge: 9_007_199_254_740_993n + 698_000_000n + 5n },
      { group: 'key_B', requests: 1, unpriced: 1 },
    ])
    expect(await store.ledger.verify()).toEqual({ rows: 5, problems: [] })
    expect(await store.ledger.owners()).toMatchObject([{ id: 1, rows: 1 }])
    await store.close()
    expect(oldRows(path)).toEqual(before)
  })

  test('is whole after a process was killed while it brought it up to date, whenever that was', async () => {
    const path = newPath()
    makeVersion1File(path, 2000)
    const before = oldRows(path)
    const script = `
      const { openDatabase } = await import(process.argv[1])
      process.stdout.write('now')
      openDatabase(process.argv[2])
      setInterval(() => {}, 1000)`
    const opener = new URL('./thread/open-database.ts', import.meta.url).href
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [...flags, opener, path])
      await once(child.stdout, 'data')
      // Some before it begins, some in its midst, some when it is done.
      for (let turns = 0; turns < round * 3; turns += 1) await new Promise((resolve) => setImmediate(resolve))
      child.kill('SIGKILL')
      await once(child, 'exit')
      // All of the steps, or none.
      expect([1, migrations.length]).toContain(versionOf(path))
      expect(oldRows(path)).toEqual(before)
    }
    const store = await openSqliteStore({ path })
    expect(versionOf(path)).toBe(migrations.length)
    expect(await store.ledger.verify()).toEqual({ rows: 8004, problems: [] })
    await store.close()
  })
})
