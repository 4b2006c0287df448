import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database, type Lane } from './database.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { listOwners, ownerLife, type OwnerLife } from './owner-life.ts'
import { retireOwners } from './retire-owners.ts'

const LOOK_MS = 5000
const UNHEARD_MS = 135_000

describeWithPostgres('owners that are watched', () => {
  let made: NewDatabase
  let database: Database
  let lane: Lane
  let now: number
  let watcher: number
  let watched: OwnerLife
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
    lane = database.lane({ purpose: 'leases' })
    now = 0
    watched = ownerLife()
    // Both are of this process, which lives: what is known of them is only what they say.
    await database.transact((session) => watched.begin(session))
    watcher = await database.transact((session) => ownerLife().begin(session))
  })
  afterEach(async () => {
    await lane.close()
    await database.close()
    await made.drop()
  })

  const ended = async () => (await listOwners(database)).map((owner) => owner.ended?.how)

  /** Looks for so long, with `meanwhile` between two looks. */
  async function watch(
    retire: ReturnType<typeof retireOwners>,
    forMs: number,
    meanwhile: () => Promise<unknown> = async () => {},
  ): Promise<void> {
    for (const until = now + forMs; now < until; now += LOOK_MS) {
      await retire(lane, watcher)
      await meanwhile()
    }
    await retire(lane, watcher)
  }

  const watching = (mayEnd?: (owners: readonly number[]) => Promise<readonly number[]>) =>
    retireOwners({ monotonic: () => now, mayEnd })

  test('are given up once they were not heard of in 135 s of looks, and not before', async () => {
    const retire = watching()
    await watch(retire, UNHEARD_MS - LOOK_MS)
    expect(await ended()).toEqual([undefined, undefined])
    await watch(retire, LOOK_MS)
    expect(await ended()).toEqual(['unheard', undefined])
  })

  test('live for as long as they say so, however seldom', async () => {
    let looks = 0
    await watch(watching(), 3 * UNHEARD_MS, async () => {
      looks += 1
      if (looks % 25 === 0) await watched.pulse(database)
    })
    expect(await ended()).toEqual([undefined, undefined])
  })

  test('are watched anew after looks that nobody could take: an outage costs nobody his life', async () => {
    const retire = watching()
    await watch(retire, UNHEARD_MS - LOOK_MS)
    // As long as the database was down, or this process stood still.
    now += 3 * UNHEARD_MS
    await watch(retire, UNHEARD_MS - LOOK_MS)
    expect(await ended()).toEqual([undefined, undefined])
    await watch(retire, LOOK_MS)
    expect(await ended()).toEqual(['unheard', undefined])
  })

  test('are watched on after a look that came 10 s late, and anew after one that came later', async () => {
    const retire = watching()
    await watch(retire, UNHEARD_MS - 10_000)
    now += 10_000
    await retire(lane, watcher)
    expect(await ended()).toEqual(['unheard', undefined])
    await database.transact((session) => ownerLife().begin(session))
    await watch(retire, UNHEARD_MS - 10_001)
    now += 10_001
    await retire(lane, watcher)
    expect(await ended()).toEqual(['unheard', undefined, undefined])
  })

  test('are kept while rows of theirs have to come first', async () => {
    const asked: (readonly number[])[] = []
    await watch(
      watching(async (owners) => {
        asked.push(owners)
        return []
      }),
      UNHEARD_MS,
    )
    expect(asked.at(-1)).toEqual([watched.id])
    expect(await ended()).toEqual([undefined, undefined])
  })
})
