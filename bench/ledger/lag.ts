import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { storeIn } from '../../packages/server/src/store/open-store.ts'
import { recordOf } from './record.ts'

/** How often records are settled, and how often it is looked how far their sums are, in ms. */
const BEAT_MS = 10

/** How far the sums were behind the rows while those came in. */
export interface Lag {
  readonly mostMs: number
  /** How many records a second there were. */
  readonly rate: number
}

/** Settles so many records a second, as a gateway does, and looks how old the oldest is that is in no sum yet. */
export async function measureLag(perSecond: number, seconds: number): Promise<Lag> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-bench-lag-'))
  const store = await storeIn(folder).open({ follow: true })
  const settledAt: number[] = []
  let mostMs = 0
  try {
    await store.ledger.settle(recordOf(0, 1))
    await store.ledger.totals({ by: 'key' })
    const db = new DatabaseSync(join(folder, 'projections.sqlite'), { readOnly: true })
    const place = db.prepare('SELECT coalesce(sum(n), 0) AS folded FROM place')
    const rows = perSecond * seconds
    const began = performance.now()
    for (let sent = 0; sent < rows || Number(place.get()?.['folded']) <= rows;) {
      const due = Math.min(rows, Math.floor(((performance.now() - began) * perSecond) / 1000))
      for (; sent < due; sent += 1)
        void store.ledger.settle(recordOf(sent + 1, rows + 1)).then(() => settledAt.push(performance.now()))
      const oldest = settledAt[Number(place.get()?.['folded']) - 1]
      if (oldest !== undefined) mostMs = Math.max(mostMs, performance.now() - oldest)
      await wait(BEAT_MS)
    }
    const [first = 0, last = 0] = [settledAt[0], settledAt.at(-1)]
    db.close()
    return { mostMs, rate: (rows * 1000) / (last - first) }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
