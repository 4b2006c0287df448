import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { countNames } from '@speka/core/internal'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { openSqliteStore } from '../open-store.ts'
import { projector } from './projector.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A ledger of requests that came so long ago, and whoever adds them up. */
async function projectorOf(...ago: number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'speka-'))
  const [ledgerPath, path] = [join(folder, 'speka.sqlite'), join(folder, 'projections.sqlite')]
  const store = await openSqliteStore({ path: ledgerPath })
  for (const ms of ago) await store.ledger.settle(usageRecord({ createdAt: Date.now() - ms }))
  await store.close()
  const troubles: unknown[] = []
  const following = projector({
    ledgerPath,
    path,
    counts: countNames,
    waitMs: Infinity,
    onFolding: () => {},
    onTrouble: (failure) => troubles.push(failure),
  })
  /** Changes what is kept of each hour, without a word to whoever has read it. */
  const forgetTimes = (): void => {
    const db = new DatabaseSync(path)
    db.exec("UPDATE usage_hour_times SET duration = '[]'")
    db.close()
  }
  const hoursKnown = async (): Promise<number> => {
    const hours = await following.questions.times({ by: 'hour' })
    return hours.filter(({ durations }) => durations.size > 0).length
  }
  return { following, troubles, forgetTimes, hoursKnown }
}

test('what a first page shows is read behind the first rows that are folded, and not what is older', async () => {
  const { following, troubles, forgetTimes, hoursKnown } = await projectorOf(HOUR_MS, 29 * DAY_MS, 33 * DAY_MS)
  await following.follow()
  forgetTimes()
  expect(await hoursKnown()).toBe(2)
  expect(troubles).toEqual([])
  following.close()
})

test('nothing goes wrong where there are no rows, however often it is told', async () => {
  const { following, troubles, hoursKnown } = await projectorOf()
  await following.follow()
  await following.follow()
  expect([await hoursKnown(), troubles]).toEqual([0, []])
  following.close()
})

test('it ends where it is closed, without a word', async () => {
  const { following, troubles } = await projectorOf(HOUR_MS)
  const done = following.follow()
  await following.questions.folding()
  following.close()
  await done
  expect(troubles).toEqual([])
  following.close()
})
