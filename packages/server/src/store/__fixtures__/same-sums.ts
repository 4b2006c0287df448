import type { UsageRecord } from '@speka/core'
import fc from 'fast-check'
import { usageGroups, type Store, type UsageGroup, type UsageQuery } from '../store.ts'
import { HOUR_MS, NOON } from './any-record.ts'

/** Asks both stores much the same, and holds the one's answers to the other's. */
export async function expectSame(
  store: Store,
  memory: Store,
  records: readonly UsageRecord[],
  seed: number,
): Promise<void> {
  const moments = fc.sample(fc.integer({ min: NOON - 31 * HOUR_MS, max: NOON + 31 * HOUR_MS }), { numRuns: 4, seed })
  const [a = 0, b = 0, c = 0, d = 0] = moments.toSorted((one, other) => one - other)
  const queries: UsageQuery[] = [
    ...usageGroups.map((by): UsageQuery => ({ by })),
    ...(['key', 'hour', 'customer'] as UsageGroup[]).flatMap((by): UsageQuery[] => [
      { by, since: a },
      { by, until: b },
      { by, since: c, until: d },
      { by, since: Math.floor(b / HOUR_MS) * HOUR_MS, until: Math.ceil(c / HOUR_MS) * HOUR_MS },
    ]),
    { by: ['hour', 'model', 'key'] },
    { by: ['customer', 'day', 'account'] },
    { by: 'day', keyId: records[0]?.keyId },
    { by: 'key', account: records[1]?.account, model: records[1]?.model },
  ]
  for (const query of queries) expect(await store.ledger.totals(query)).toEqual(await memory.ledger.totals(query))
  const withoutKeys = ['key_B', 'key_of_nobody']
  for (const account of ['default', 'acct_A', 'acct_李']) {
    for (const month of ['2026-02', '2026-03', '2026-04', 'never'])
      for (const without of [undefined, withoutKeys])
        expect(await store.ledger.billed({ account, month, withoutKeys: without })).toEqual(
          await memory.ledger.billed({ account, month, withoutKeys: without }),
        )
    expect(await store.ledger.billedMonths(account)).toEqual(await memory.ledger.billedMonths(account))
    expect(await store.ledger.billedMonths(account, withoutKeys)).toEqual(
      await memory.ledger.billedMonths(account, withoutKeys),
    )
  }
  expect(await store.ledger.checkSums()).toEqual([])
  for (const { id, keyId, upstreamId, session, customer } of records.slice(0, 5)) {
    expect(await store.ledger.find(id, keyId)).toEqual(await memory.ledger.find(id, keyId))
    expect((await store.ledger.find(upstreamId ?? 'of none', keyId))?.createdAt).toEqual(
      (await memory.ledger.find(upstreamId ?? 'of none', keyId))?.createdAt,
    )
    for (const filter of [{ session }, { customer }, { keyId }]) {
      expect(idsOf(await store.ledger.requests(filter, undefined, 999))).toEqual(
        idsOf(await memory.ledger.requests(filter, undefined, 999)),
      )
    }
  }
}

/** The ids of a page, sorted. */
export const idsOf = ({ records }: { records: readonly UsageRecord[] }): string[] => records.map(({ id }) => id).toSorted()

/** One after the other. */
export async function settleAll(store: Store, records: readonly UsageRecord[]): Promise<void> {
  for (const each of records) await store.ledger.settle(each)
}
