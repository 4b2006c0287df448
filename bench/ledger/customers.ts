import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeIn } from '../../packages/server/src/store/open-store.ts'
import { START } from './record.ts'

const MiB = 1024 * 1024

/** What became of a ledger in which every record is of another customer. */
export interface Customers {
  readonly perSecond: number
  /** By how much the process grew while they were added up. */
  readonly grownMiB: number
  /** How many of those that were asked for had another sum than their records. */
  readonly wrong: number
}

/** Adds up records of so many customers, one each, and asks for some of them. */
export async function measureCustomers(customers: number): Promise<Customers> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-bench-customers-'))
  const place = storeIn(folder)
  try {
    await (await place.open()).close()
    const db = new DatabaseSync(place.name)
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${customers - 1})
      INSERT INTO ledger SELECT 'r' || i, 'key_A', ${START}, NULL, 'm', 'complete', 1, 0, 1, i,
        '{"attempts":[],"customer":"customer ' || i || '"}' FROM n`)
    db.close()
    const store = await place.open({ foldWaitMs: Infinity })
    const [began, before] = [performance.now(), process.memoryUsage().rss]
    const [all] = await store.ledger.totals({ by: 'account' })
    const perSecond = (customers * 1000) / (performance.now() - began)
    const grownMiB = (process.memoryUsage().rss - before) / MiB
    let wrong = all?.charge === (BigInt(customers) * BigInt(customers - 1)) / 2n ? 0 : 1
    for (const number of [0, 1, customers >> 1, customers - 1]) {
      const [one] = await store.ledger.totals({ by: 'customer', customer: `customer ${number}` })
      if (one?.requests !== 1 || one.charge !== BigInt(number)) wrong += 1
    }
    await store.close()
    return { perSecond, grownMiB, wrong }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
