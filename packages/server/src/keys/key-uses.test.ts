import { KeyUses, type Used } from './key-uses.ts'
import type { KeyUse } from '../store/registry.ts'

/** A minute, after which uses are gathered. */
const MINUTE = 60_000

function setUp() {
  const noted: (readonly KeyUse[])[] = []
  const store = { take: kept }
  const noteUses = (some: readonly KeyUse[]): Promise<void> => {
    noted.push(some)
    return store.take()
  }
  return { uses: new KeyUses({ noteUses }, 0), noted, store }
}

const kept = (): Promise<void> => Promise.resolve()

const used = (id: string, usedAt: number): Used => ({ record: { id }, usedAt })

test('uses are noted once a minute, each key once, and none that was not used', () => {
  const { uses, noted } = setUp()
  const keys = [used('a', 5), used('b', 0)]
  uses.tick(keys, MINUTE - 1)
  expect(noted).toEqual([])
  uses.tick(keys, MINUTE)
  expect(noted).toEqual([[{ id: 'a', at: 5 }]])
  uses.tick(keys, 2 * MINUTE)
  expect(noted).toHaveLength(1)
})

test('many are noted a part at a time, the next when the one before is kept', async () => {
  const { uses, noted, store } = setUp()
  const gate = Promise.withResolvers<void>()
  store.take = () => gate.promise
  const keys = Array.from({ length: 1200 }, (_, index) => used(`key_${index}`, 1))
  uses.tick(keys, MINUTE)
  uses.tick(keys, MINUTE + 1)
  expect(noted.map(({ length }) => length)).toEqual([500])
  gate.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  uses.tick(keys, MINUTE + 2)
  await new Promise((resolve) => setImmediate(resolve))
  uses.tick(keys, MINUTE + 3)
  expect(noted.map(({ length }) => length)).toEqual([500, 500, 200])
})

test('there is something to do once a minute, and as long as some wait', async () => {
  const { uses } = setUp()
  expect(uses.dueAt).toBe(MINUTE)
  uses.tick(
    Array.from({ length: 501 }, (_, index) => used(`key_${index}`, 1)),
    MINUTE,
  )
  expect(uses.dueAt).toBe(MINUTE)
  await new Promise((resolve) => setImmediate(resolve))
  uses.tick([], MINUTE + 1)
  expect(uses.dueAt).toBe(2 * MINUTE)
})

test('what still waits is noted at the end', async () => {
  const { uses, noted } = setUp()
  const keys = Array.from({ length: 1200 }, (_, index) => used(`key_${index}`, 1))
  uses.tick(keys, MINUTE)
  await uses.close([])
  expect(noted.map(({ length }) => length)).toEqual([500, 700])
})

test('a store that does not take them stops nobody', async () => {
  const { uses, noted, store } = setUp()
  store.take = () => Promise.reject(new Error('gone'))
  uses.tick([used('a', 5)], MINUTE)
  await new Promise((resolve) => setImmediate(resolve))
  uses.forgotten(used('b', 6))
  uses.tick([], 2 * MINUTE - 1)
  expect(noted).toHaveLength(1)
  uses.tick([], 2 * MINUTE)
  await new Promise((resolve) => setImmediate(resolve))
  expect(noted).toHaveLength(2)
  await uses.close([used('c', 7)])
  expect(noted.at(-1)).toEqual([{ id: 'c', at: 7 }])
})

test('at the end there is one note of what was used since the last, and none of nothing', async () => {
  const { uses, noted } = setUp()
  const keys = [used('a', 5), used('b', 0)]
  uses.tick(keys, MINUTE)
  await new Promise((resolve) => setImmediate(resolve))
  uses.forgotten(used('c', 6))
  await uses.close([...keys, used('d', 7)])
  expect(noted).toHaveLength(2)
  expect(noted[1]?.map(({ id }) => id).sort()).toEqual(['c', 'd'])
  await uses.close(keys)
  expect(noted).toHaveLength(2)
})
