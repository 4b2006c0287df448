import { parseUsd } from '@speka/core'
import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Store } from '../store/store.ts'
import { alertRulesOf } from './alert-rules.ts'
import { VelocityWatch } from './velocity-watch.ts'

const HOUR_MS = 3_600_000

let store: Store
let clock: FakeClock
let watch: VelocityWatch
let records = 0
beforeEach(() => {
  store = openMemoryStore()
  clock = createFakeClock(Date.UTC(2026, 10, 29, 12, 30))
  watch = newWatch('a')
})

function newWatch(processId: string): VelocityWatch {
  const made = new VelocityWatch({
    ...store,
    clock,
    processId,
    raise: async (alert) => void (await store.alerts.raise(alert)),
  })
  made.configure(alertRulesOf([{ when: { spend_velocity: '3x' } }, { when: { spend_velocity: '10x' } }]))
  return made
}

async function spend(usd: string, createdAt: number, account = 'acct_A'): Promise<void> {
  records += 1
  await store.ledger.settle(usageRecord({ id: `record-${records}`, account, createdAt, charge: parseUsd(usd) }))
}

/** So much in each of the hours before this one. */
async function usually(usd: string, hours: number, account?: string): Promise<void> {
  for (let hour = 1; hour <= hours; hour += 1) await spend(usd, clock.now() - hour * HOUR_MS, account)
}

const told = async () => (await store.alerts.list()).toReversed().map(({ body }) => JSON.parse(body).data)

test('an hour of three times the usual is told, once that day', async () => {
  await usually('1', 24)
  await spend('2.999999', clock.now())
  await watch.look()
  expect(await told()).toEqual([])
  await spend('0.000001', clock.now())
  await watch.look()
  await watch.look()
  expect(await told()).toEqual([
    { account: 'acct_A', times: 3, hour_starts_at: '2026-11-29T12:00:00.000Z', spent_usd: '3', usual_usd: '1' },
  ])
  await clock.advance(HOUR_MS)
  await spend('9', clock.now())
  await watch.look()
  expect(await told()).toHaveLength(1)
})

test('ten times is worth another', async () => {
  await usually('1', 30)
  await spend('10', clock.now())
  await watch.look()
  expect((await told()).map(({ times }) => times)).toEqual([3, 10])
})

test('hours without spending do not make less usual, and an account is held against itself alone', async () => {
  for (let hour = 1; hour <= 26; hour += 1) await spend('2', clock.now() - hour * 6 * HOUR_MS)
  await usually('0.5', 24, 'acct_B')
  await spend('5', clock.now())
  await spend('1.6', clock.now(), 'acct_B')
  await watch.look()
  expect((await told()).map(({ account }) => account)).toEqual(['acct_B'])
})

test('nothing is usual before a day of it, and less than a dollar is never too much', async () => {
  await usually('1', 23)
  await spend('100', clock.now())
  await usually('0.01', 30, 'acct_B')
  await spend('0.99', clock.now(), 'acct_B')
  await watch.look()
  expect(await told()).toEqual([])
})

test('one process looks for all, and another when that one is gone', async () => {
  await usually('1', 24)
  await watch.look()
  await spend('5', clock.now())
  const other = newWatch('b')
  await other.look()
  expect(await told()).toEqual([])
  await clock.advance(150_000)
  await other.look()
  expect(await told()).toHaveLength(1)
})
