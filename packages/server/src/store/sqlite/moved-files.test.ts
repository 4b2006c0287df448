import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SpekaError } from '@speka/core'
import { keyRecord, put } from '../__fixtures__/records.ts'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { openSqliteStore } from './open-store.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')

/** What became of a promise: `kept`, or the error it was rejected with. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'kept',
    (error: unknown) => error,
  )

/** An open store with a record in it, and what it tells of its availability. */
async function openWatched() {
  const path = newPath()
  const waiting: ((trouble: SpekaError | undefined) => void)[] = []
  const store = await openSqliteStore({
    path,
    onAvailability: (trouble) => waiting.splice(0).forEach((tell) => tell(trouble)),
  })
  const first = usageRecord()
  await store.ledger.settle(first)
  const change = () => new Promise<SpekaError | undefined>((resolve) => waiting.push(resolve))
  return { path, store, first, change }
}

const away = (file: string) => renameSync(file, `${file}.away`)
const back = (file: string) => renameSync(`${file}.away`, file)

describe('a database that is open', () => {
  test.each(['', '-wal', '-shm'])(
    'whose file "%s" is moved settles nothing more, and goes on when it is back',
    async (suffix) => {
      const { path, store, first, change } = await openWatched()
      const noticed = change()
      away(path + suffix)
      expect(await noticed).toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringMatching(/was moved, deleted or replaced while it was open. Put the file back/),
        cause: { message: `speka.db${suffix} is gone` },
      })
      const [late, lost] = [usageRecord(), usageRecord()]
      const refused = await Promise.all([store.ledger.settle(late), store.ledger.settle(lost)].map(outcomeOf))
      for (const error of refused) expect(error).toMatchObject({ code: 'storage_unavailable', retryAfterMs: 1000 })
      const well = change()
      back(path + suffix)
      expect(await well).toBeUndefined()
      expect(store.ledger.trouble()).toBeUndefined()
      await store.ledger.settle(late)
      expect(await store.ledger.find(first.id)).toEqual(first)
      expect(await store.ledger.find(late.id)).toEqual(late)
      expect(await store.ledger.find(lost.id)).toBeUndefined()
      await store.close()
    },
  )

  test('is not settled into when another file has taken its place, however alike', async () => {
    const { path, store, change } = await openWatched()
    copyFileSync(path, `${path}.copy`)
    const noticed = change()
    renameSync(`${path}.copy`, path)
    expect(await noticed).toHaveProperty('cause.message', 'speka.db is another file')
    expect(await outcomeOf(store.ledger.settle(usageRecord()))).toHaveProperty('code', 'storage_unavailable')
    expect(await outcomeOf(put(store, 'key', keyRecord()))).toHaveProperty('code', 'storage_unavailable')
    await store.close()
  })

  test('and is deleted stays in trouble, without making a new one in its place', async () => {
    const { path, store, change } = await openWatched()
    const noticed = change()
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix)
    await noticed
    expect(store.ledger.trouble()?.message).toContain(path)
    for (const read of [store.ledger.find('chatcmpl-1'), store.ledger.totals({ by: 'key' })])
      expect(await outcomeOf(read)).toHaveProperty('code', 'storage_unavailable')
    expect(existsSync(path)).toBe(false)
    expect(await outcomeOf(store.ledger.settle(usageRecord()))).not.toBe('kept')
    await store.close()
  })

  test('loses nothing with its write-ahead log when it is closed in good order', async () => {
    const { path, store, first, change } = await openWatched()
    const noticed = change()
    rmSync(`${path}-wal`)
    await noticed
    await store.close()
    const again = await openSqliteStore({ path })
    expect(await again.ledger.find(first.id)).toEqual(first)
    await again.close()
  })
})

test('a database that another process has locked is in trouble until the lock is gone', async () => {
  const { path, store, change } = await openWatched()
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const noticed = change()
  expect(await outcomeOf(store.ledger.settle(usageRecord()))).toHaveProperty('code', 'storage_unavailable')
  expect((await noticed)?.message).toContain('locked by another process')
  const well = change()
  other.exec('ROLLBACK')
  expect(await well).toBeUndefined()
  await store.ledger.settle(usageRecord())
  expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 2 }])
  other.close()
  await store.close()
})
