import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import type { Store } from '../store.ts'
import { readPostgresUrl } from './address.ts'
import { openPostgresStore } from './open-store.ts'

const facts = (models: string) => ({ version: '1.0.0', configuration: { models } })

describeWithPostgres('replicas on one database', () => {
  let made: NewDatabase
  const opened: Store[] = []
  const open = async (now?: () => number) => {
    const store = await openPostgresStore({ address: readPostgresUrl(made.url), now })
    opened.push(store)
    if (store.replicas === undefined) throw new Error('a PostgreSQL store has replicas')
    return { ...store, replicas: store.replicas }
  }

  beforeEach(async () => {
    made = await newDatabase()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()))
    await made.drop()
  })

  test('see each other, by what each runs, until one leaves', async () => {
    const [one, two] = [await open(), await open()]
    expect((await one.replicas.join(facts('a'))).replicas).toMatchObject([{ isSelf: true, ...facts('a') }])
    const { replicas, mostConnections } = await two.replicas.join(facts('b'))
    expect(replicas).toMatchObject([
      { isSelf: false, pid: process.pid, connections: 10, ...facts('a') },
      { isSelf: true, ...facts('b') },
    ])
    expect(mostConnections).toBe(197)
    await one.close()
    expect(await two.replicas.list()).toMatchObject([{ isSelf: true }])
  })

  test('say anew by what they run, and count once', async () => {
    const { replicas } = await open()
    await replicas.join(facts('a'))
    await replicas.join(facts('b'))
    expect(await replicas.list()).toMatchObject([facts('b')])
  })

  test('know how far their clocks are from the database’s', async () => {
    const { replicas } = await open(() => Date.now() + 120_000)
    const { clockAheadMs } = await replicas.join(facts('a'))
    expect(Math.round(clockAheadMs / 60_000)).toBe(2)
  })

  test('keep the mark of the first pepper, and another only in the place of the one that was meant', async () => {
    const { replicas } = await open()
    expect(await replicas.pepperMark()).toBeUndefined()
    expect(await Promise.all([replicas.keepPepperMark('a'), replicas.keepPepperMark('a')])).toEqual(['a', 'a'])
    expect(await replicas.keepPepperMark('b')).toBe('a')
    expect(await replicas.keepPepperMark('b', 'x')).toBe('a')
    expect(await replicas.keepPepperMark('b', 'a')).toBe('b')
    expect(await replicas.pepperMark()).toBe('b')
  })
})
