import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import type { ReplyStore } from '../store.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresReplies } from './replies.ts'
import { statement } from './session.ts'

const asked = { fingerprint: 'a', now: 1000, until: 2000 }
const reply = (bytes: number) => new Uint8Array(bytes).fill(7)

describeWithPostgres('replies of several replicas', () => {
  let opened: Replicas
  beforeEach(async () => {
    opened = await openReplicas(2)
  })
  afterEach(() => opened.close())
  const storesOf = (mostBytes: number): readonly [ReplyStore, ReplyStore] => {
    const [here, there] = opened.replicas.map((replica) => postgresReplies(replica, mostBytes))
    return [here as ReplyStore, there as ReplyStore]
  }
  const kept = async () => {
    const { rows } = await opened.replicas[0]!.database.run(
      statement('SELECT place FROM reply WHERE kept IS NOT NULL ORDER BY kept'),
    )
    return rows.map(({ place }) => place)
  }

  test('is everybody’s wherever it was kept, and under way is one’s own', async () => {
    const [here, there] = storesOf(1000)
    const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? here : there).claim('p', asked)))
    expect(claims.filter(({ state }) => state === 'yours')).toHaveLength(1)
    expect(claims.filter(({ state }) => state === 'running')).toHaveLength(19)
    await here.keep('p', reply(3), 5000)
    expect(await there.claim('p', asked)).toEqual({ state: 'kept', fingerprint: 'a', reply: reply(3) })
  })

  test('makes room for the newest, whoever has kept the old ones', async () => {
    const [here, there] = storesOf(10)
    for (const [store, place] of [
      [here, 'a'],
      [there, 'b'],
      [here, 'c'],
      [there, 'd'],
    ] as const) {
      await store.claim(place, asked)
      await store.keep(place, reply(4), 5000)
    }
    expect(await kept()).toEqual(['c', 'd'])
  })

  test('has no more than has room, however many are kept at once', async () => {
    const stores = storesOf(50)
    const places = Array.from({ length: 60 }, (_, n) => `p${n}`)
    for (const place of places) await stores[0].claim(place, asked)
    await Promise.all(places.map((place, n) => stores[n % 2 === 0 ? 0 : 1].keep(place, reply(10), 5000)))
    expect(await kept()).toHaveLength(5)
  })

  test('that has ended is thrown away after a while', async () => {
    const [here] = storesOf(1000)
    await here.claim('old', asked)
    await here.claim('new', { fingerprint: 'a', now: 60_000, until: 70_000 })
    const { rows } = await opened.replicas[0]!.database.run(statement('SELECT place FROM reply'))
    expect(rows).toEqual([{ place: 'new' }])
  })
})
