import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BroadcastChannel } from 'node:worker_threads'
import type { SpekaError } from '@speka/core'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { openSqliteStore } from './open-store.ts'
import type { SqliteStoreOptions } from './open-store.ts'

describe('in trouble, a sqlite store', () => {
  test('refuses to settle on a full disk, still reads, and goes on when there is room', async () => {
    const { path, store, trouble } = await openTroubled()
    const before = usageRecord()
    await store.ledger.settle(before)
    await trouble('full')
    // Large enough not to fit into what is left of the last pages.
    const large = Array.from({ length: 10 }, () => usageRecord({ requestedModel: 'm'.repeat(10_000) }))
    for (const error of await Promise.all(large.map((record) => outcomeOf(store.ledger.settle(record))))) {
      expect(error).toMatchObject({ code: 'storage_unavailable', retry: true, retryAfterMs: 1000 })
      expect(error).toHaveProperty('message', expect.not.stringContaining(path))
      expect(error).toHaveProperty('cause.message', expect.stringContaining(`no room left for the database ${path}`))
    }
    expect(await store.ledger.find(before.id)).toEqual(before)
    await trouble('room')
    await Promise.all(large.map((record) => store.ledger.settle(record)))
    expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 11 }])
    await store.close()
  })

  test('waits for a lock, without holding up the process, then refuses', async () => {
    const path = newPath()
    const store = await openSqliteStore({ path })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 5)
    const refused = Array.from({ length: 5 }, () => outcomeOf(store.ledger.settle(usageRecord())))
    for (const error of await Promise.all(refused)) {
      expect(error).toMatchObject({
        code: 'storage_unavailable',
        cause: { message: expect.stringContaining('locked') },
      })
    }
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(1)
    other.exec('ROLLBACK')
    await store.ledger.settle(usageRecord())
    other.close()
    await store.close()
  })

  test('keeps the other rows of a batch in which one is bad', async () => {
    const store = await openSqliteStore({ path: newPath() })
    const records = [
      usageRecord(),
      usageRecord({ usage: { inputTokens: 1.5 } }),
      usageRecord(),
      usageRecord({ charge: 2n ** 63n }),
      usageRecord(),
    ]
    const outcomes = await Promise.all(records.map((record) => outcomeOf(store.ledger.settle(record))))
    const refused = expect.objectContaining({ code: 'internal_error' })
    expect(outcomes).toEqual(['kept', refused, 'kept', refused, 'kept'])
    expect(await store.ledger.totals({ by: 'key' })).toMatchObject([{ requests: 3 }])
    await store.close()
  })

  test('whose thread dies rejects all that waits and all that comes', async () => {
    const crashes: SpekaError[] = []
    const { store, trouble } = await openTroubled({ onCrash: (error) => crashes.push(error) })
    const dead = trouble('die')
    const waiting = [store.ledger.settle(usageRecord()), store.registry.list('key')].map(outcomeOf)
    while (crashes.length === 0) await outcomeOf(store.registry.version())
    void dead
    await Promise.all(waiting)
    expect(store.ledger.trouble()?.message).toContain('died')
    expect(await outcomeOf(store.ledger.settle(usageRecord()))).toHaveProperty('code', 'storage_unavailable')
    for (const late of [store.ledger.find('x'), store.registry.version()]) {
      expect(await outcomeOf(late)).toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringContaining('died'),
      })
    }
    expect(crashes).toHaveLength(1)
    await store.close()
  })

  test('in relaxed mode keeps what it took until the database takes it', async () => {
    const { store, trouble } = await openTroubled({ durability: 'relaxed', onLoss: () => expect(true).toBe(false) })
    await trouble('full')
    const large = Array.from({ length: 10 }, () => usageRecord({ requestedModel: 'm'.repeat(10_000) }))
    for (const record of large) await store.ledger.settle(record)
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(await store.ledger.totals({ by: 'key' })).toEqual([])
    await trouble('room')
    const kept = async () => (await store.ledger.totals({ by: 'key' }))[0]?.requests
    while ((await kept()) === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await kept()).toBe(10)
    await store.close()
  })

  test('in relaxed mode says how much a crash lost', async () => {
    let lost = 0
    const { store, trouble } = await openTroubled({ durability: 'relaxed', onLoss: (_, records) => (lost += records) })
    // Else they might be on disk before it dies.
    await trouble('full')
    for (let count = 0; count < 2; count += 1)
      await store.ledger.settle(usageRecord({ requestedModel: 'm'.repeat(10_000) }))
    void trouble('die')
    while ((await outcomeOf(store.registry.version())) === 'kept');
    expect(lost).toBe(2)
    await store.close()
  })
})

function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
}

/** What became of a promise: `kept`, or the error it was rejected with. */
const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'kept',
    (error: unknown) => error,
  )

/** A store whose thread can be got into trouble. */
async function openTroubled(options: Partial<SqliteStoreOptions> = {}) {
  const path = newPath()
  const worker = new URL('./__fixtures__/troubled-worker.ts', import.meta.url)
  const store = await openSqliteStore({ path, worker, ...options })
  const channel = new BroadcastChannel(path)
  channel.unref()
  const trouble = (trouble: 'die' | 'full' | 'room') =>
    new Promise((resolve) => {
      channel.addEventListener('message', resolve, { once: true })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no origin
      channel.postMessage({ trouble })
    })
  return { path, store, trouble }
}
