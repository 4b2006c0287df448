import { setTimeout as wait } from 'node:timers/promises'
import { SharedRates, type AppliedRate, type RateKind, type RateLimits } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { eventually } from '../../../../test/support/eventually.ts'
import { newDatabase, type NewDatabase } from '../../../../test/support/services/new-database.ts'
import { startRedis, type TestRedis } from '../../../../test/support/services/redis.ts'
import { describeWithRedis } from '../../../../test/support/services/with-redis.ts'
import { ReplicaRateLine } from '../limits/replica-rates.ts'
import { readPostgresUrl } from '../store/postgres/address.ts'
import { openDatabase, type Database } from '../store/postgres/database.ts'
import { loadDriver } from '../store/postgres/load-driver.ts'
import { migrate } from '../store/postgres/migrations.ts'
import { postgresRates } from '../store/postgres/rate-database.ts'
import { statement } from '../store/postgres/session.ts'
import type { RateDatabase } from '../store/rate-database.ts'
import { readRedisUrl } from './address.ts'
import { openRedis, script, type RedisLink } from './open-redis.ts'
import { countingRedis } from './rate-counter.ts'

const rate = (kind: RateKind, amount: number, place: string = kind): AppliedRate => ({
  limit: {
    id: kind,
    subject: { kind: 'key', id: 'k', account: 'a' },
    rule: { kind, amount },
    onReached: 'stop',
    since: 0,
    revision: 1,
  },
  place,
  subjectId: 'k',
})

/** On a busy machine a Redis that is there takes long too. */
const REDIS_MS = 500

/** Whoever was not heard for some beats was not heard for as long as it takes to be taken for ended. */
const AGE_UNHEARD = statement(`
  UPDATE rate_member SET heard = heard - interval '140 seconds' WHERE heard < clock_timestamp() - interval '3 seconds' RETURNING 1`)
const FORGET_OWNERS = script(`for _, key in ipairs(redis.call('KEYS', '*:o:*')) do redis.call('DEL', key) end`)
const EPOCH = statement('SELECT life FROM rate_epoch')

interface Replica {
  readonly rates: RateLimits
  readonly line: ReplicaRateLine
  readonly rows: RateDatabase
  readonly link: RedisLink | undefined
}

describeWithRedis('rates of three replicas', () => {
  let made: NewDatabase
  let redis: TestRedis | undefined
  let database: Database
  const replicas: Replica[] = []

  async function replica(killed = false): Promise<Replica> {
    const counting = postgresRates(database)
    // One that is killed says goodbye to nobody.
    const rows = killed ? { ...counting, leave: () => Promise.reject(new Error('it is gone')) } : counting
    const link = redis && (await openRedis({ address: readRedisUrl(redis.url) }))
    const line = new ReplicaRateLine({
      database: rows,
      redis: link && countingRedis(link),
      clock: realClock,
      redisMs: REDIS_MS,
    })
    const one = { rates: new SharedRates({ line, clock: realClock }), line, rows, link }
    replicas.push(one)
    return one
  }
  async function open(): Promise<void> {
    for (let one = 0; one < 3; one += 1) await replica()
  }
  const lifeThatCounts = async () => (await database.run(EPOCH)).rows[0]?.['life']
  const redisCounts = () => eventually(async () => (await lifeThatCounts()) !== null, 'Redis counts')
  const databaseCounts = () => eventually(async () => (await lifeThatCounts()) === null, 'the database counts')

  /** Takes of one replica, or is refused. What cannot be known is asked again. */
  async function take(from: Replica | undefined, of: readonly AppliedRate[], tokens = 0) {
    if (from === undefined) throw new Error('there is no such replica')
    for (;;) {
      try {
        return await from.rates.take(of, tokens)
      } catch (error) {
        expect(error).toMatchObject({ code: 'limit_unavailable' })
        await wait(10)
      }
    }
  }
  const isAdmitted = async (from: Replica | undefined, of: readonly AppliedRate[], tokens = 0): Promise<boolean> =>
    'done' in (await take(from, of, tokens))

  /** How many of so many requests at each replica are admitted. */
  async function admitted(of: readonly AppliedRate[], each: number, tokens = 0): Promise<number> {
    const all = replicas.flatMap((from) => Array.from({ length: each }, () => isAdmitted(from, of, tokens)))
    return (await Promise.all(all)).filter(Boolean).length
  }

  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
  })
  afterEach(async () => {
    for (const { line, rows, link } of replicas.splice(0)) {
      await line.close()
      await rows.close()
      await link?.close()
    }
    await database.close()
    await made.drop()
    await redis?.stop()
    redis = undefined
  })

  test.each(['rpm', 'rpd'] as const)('are kept in the database where there is no Redis: %s', async (kind) => {
    await open()
    expect(await admitted([rate(kind, 7), rate('tpm', 5000)], 20, 10)).toBe(7)
    expect(await admitted([rate(kind, 300, 'many')], 150)).toBe(300)
  })

  test('are kept in Redis, once all replicas reach it', async () => {
    redis = await startRedis()
    await open()
    await redisCounts()
    expect(await admitted([rate('rpm', 7), rate('rpd', 1000), rate('tpm', 5000)], 20, 10)).toBe(7)
    expect(await admitted([rate('rpm', 300, 'many')], 150)).toBe(300)
    expect(await admitted([rate('tpm', 1000, 'tokens')], 20, 100)).toBe(10)
  })

  test.each([true, false])('count what is under way until it has ended, with Redis: %s', async (withRedis) => {
    if (withRedis) redis = await startRedis()
    await open()
    if (withRedis) await redisCounts()
    const parallel = [rate('max_parallel', 3)]
    const [one, two] = replicas
    const slots = await Promise.all([one, one, two].map((from) => take(from, parallel)))
    expect(slots.map((slot) => 'done' in slot)).toEqual([true, true, true])
    expect(await take(two, parallel)).toHaveProperty('standing')
    const [first] = slots
    if (first !== undefined && 'done' in first) first.done(undefined)
    await eventually(() => isAdmitted(two, parallel), 'it is free')
    await one?.line.close()
    await eventually(() => isAdmitted(two, parallel), 'what it had is free')
  })

  test.each([true, false])(
    'count what a replica was handed that was killed, and its places once it is taken for ended, with Redis: %s',
    async (withRedis) => {
      if (withRedis) redis = await startRedis()
      await open()
      const killed = await replica(true)
      if (withRedis) await redisCounts()
      const [limited, parallel] = [rate('rpm', 5), rate('max_parallel', 1)]
      for (let taken = 0; taken < 3; taken += 1) expect(await take(killed, [limited])).toHaveProperty('done')
      expect(await take(killed, [parallel])).toHaveProperty('done')
      await killed.line.close()
      expect(await admitted([limited], 5)).toBe(2)
      expect(await take(replicas[0], [parallel])).toHaveProperty('standing')
      if (withRedis) await replicas[0]?.link?.run(FORGET_OWNERS, [], [])
      else await eventually(async () => (await database.run(AGE_UNHEARD)).rows.length === 1, 'it is taken for ended')
      await eventually(() => isAdmitted(replicas[1], [parallel]), 'its place is free')
      expect(await take(replicas[0], [limited])).toHaveProperty('standing')
    },
  )

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'are not exceeded when Redis ends by %s, nor when it is there again',
    async (signal) => {
      redis = await startRedis()
      await open()
      await redisCounts()
      const used = [rate('rpm', 10), rate('tpm', 1000)]
      const half = [rate('rpm', 300, 'half'), rate('rpd', 300, 'day')]
      expect(await admitted(used, 5, 10)).toBe(10)
      const before = await admitted(half, 50)
      const parallel = await take(replicas[0], [rate('max_parallel', 1)])
      if (signal === 'SIGKILL') await redis.kill()
      else process.kill(redis.pid, signal)
      expect(await admitted(used, 5, 10)).toBe(0)
      await databaseCounts()
      expect(await admitted([rate('rpm', 9, 'another')], 5)).toBe(9)
      const meanwhile = await admitted(half, 20)
      expect(await take(replicas[1], [rate('max_parallel', 1)])).toHaveProperty('standing')
      if (signal === 'SIGKILL') await redis.restart()
      else process.kill(redis.pid, 'SIGCONT')
      await redisCounts()
      expect(await admitted(used, 5, 10)).toBe(0)
      expect(await take(replicas[1], [rate('max_parallel', 1)])).toHaveProperty('standing')
      if ('done' in parallel) parallel.done(undefined)
      await eventually(() => isAdmitted(replicas[2], [rate('max_parallel', 1)]), 'it is free')
      const after = await admitted(half, 100)
      expect(before + meanwhile + after).toBeLessThanOrEqual(300)
      expect([before, meanwhile]).toEqual([150, 60])
      expect(after).toBeGreaterThan(0)
    },
  )
})
