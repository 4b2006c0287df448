import { readPostgresUrl } from '../../packages/server/src/store/postgres/address.ts'
import { openPostgresStore } from '../../packages/server/src/store/postgres/open-store.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import type { TestPostgres } from '../../test/support/services/postgres.ts'
import { intervalOfMedian } from '../measure/interval.ts'
import type { Figures } from '../ledger/figures.ts'
import { recordOf } from '../ledger/record.ts'
import { newDatabaseOn } from './databases.ts'

/** Wanted of one machine on which the database and whoever writes to it share all cores. */
const LEAST_A_SECOND = 10_000

/** Requests that end at once, each of which is answered when its record is kept. */
const AT_ONCE = 512

/** How many records a second are kept by one process, each counted as settled once it is on disk. */
export async function measureSettles(
  postgres: TestPostgres,
  { rows, rounds }: { readonly rows: number; readonly rounds: number },
  figures: Figures,
): Promise<void> {
  const speeds: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const database = await newDatabaseOn(postgres)
    const store = await openPostgresStore({ address: readPostgresUrl(database.url), settles: true })
    try {
      speeds.push(await settlesASecond(store, rows))
      const [kept] = await database.read('SELECT count(*)::int AS kept FROM speka.usage_record')
      if (kept?.['kept'] !== rows) throw new Error(`Of ${rows} records ${String(kept?.['kept'])} were kept.`)
    } finally {
      await store.close()
      await database.drop()
    }
  }
  const { median = NaN, low = NaN, high = NaN } = intervalOfMedian(speeds) ?? {}
  figures.say(`settled, ${AT_ONCE} at once, from ${Math.round(low)} to ${Math.round(high)}`, median, 'rows/s', {
    atLeast: LEAST_A_SECOND,
  })
}

async function settlesASecond({ ledger }: Store, rows: number): Promise<number> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < rows) {
      next += 1
      await ledger.settle(recordOf(next - 1, rows))
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return (rows * 1000) / (performance.now() - began)
}
