import { SharedRates, type RateCounter } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { describeLosses, describeRates, type LossyRatesWorld } from '../../../core/src/limits/rates/rates.contract.ts'
import { eventually } from '../../../../test/support/eventually.ts'
import { newDatabase } from '../../../../test/support/services/new-database.ts'
import { startRedis } from '../../../../test/support/services/redis.ts'
import { describeWithRedis } from '../../../../test/support/services/with-redis.ts'
import { ReplicaRateLine } from '../limits/replica-rates.ts'
import { readPostgresUrl } from '../store/postgres/address.ts'
import { openDatabase } from '../store/postgres/database.ts'
import { loadDriver } from '../store/postgres/load-driver.ts'
import { migrate } from '../store/postgres/migrations.ts'
import { postgresRates } from '../store/postgres/rate-database.ts'
import { statement } from '../store/postgres/session.ts'
import { readRedisUrl } from './address.ts'
import { openRedis } from './open-redis.ts'
import { countingRedis, type CountingRedis } from './rate-counter.ts'

const REPLICAS = 3
/** On a busy machine a Redis that is there takes long too. */
const REDIS_MS = 500
const EPOCH = statement('SELECT life FROM rate_epoch')

/** Replicas that have their rates counted in a database, or in a Redis as that database says. */
async function open(withRedis: boolean): Promise<LossyRatesWorld> {
  const made = await newDatabase()
  const redis = withRedis ? await startRedis() : undefined
  const database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
  await migrate(database)
  const closing: (() => Promise<void>)[] = []
  const processes: SharedRates[] = []
  const { lose, losing } = losses()
  for (let count = 0; count < REPLICAS; count += 1) {
    const rows = postgresRates(database)
    const link = redis && (await openRedis({ address: readRedisUrl(redis.url) }))
    const line = new ReplicaRateLine({
      database: { ...rows, ...losing(rows) },
      redis: link && lossyRedis(countingRedis(link), losing),
      clock: realClock,
      redisMs: REDIS_MS,
    })
    processes.push(new SharedRates({ line, clock: realClock }))
    closing.push(
      () => line.close(),
      () => rows.close(),
      async () => link?.close(),
    )
  }
  const isCounting = async (): Promise<boolean> => {
    const [epoch] = (await database.run(EPOCH)).rows
    return (epoch?.['life'] !== null) === withRedis
  }
  await eventually(isCounting, 'who is to count does')
  return {
    processes,
    lose,
    async close() {
      for (const close of closing) await close()
      await database.close()
      await made.drop()
      await redis?.stop()
    },
  }
}

/** Loses the next message of a kind when it is told to. */
function losses() {
  let next: { what: string; where: string } | undefined
  const lose: LossyRatesWorld['lose'] = (what, where) => {
    next = { what, where }
  }
  async function send<T>(what: string, message: () => Promise<T>): Promise<T> {
    if (next?.what !== what) return message()
    const { where } = next
    next = undefined
    if (where === 'back') await message()
    throw new Error('the connection is lost')
  }
  const losing = ({ ask, tell }: RateCounter): RateCounter => ({
    ask: (...question) => send('question', () => ask(...question)),
    tell: (...told) => send('hand-back', () => tell(...told)),
  })
  return { lose, losing }
}

function lossyRedis(redis: CountingRedis, losing: (counter: RateCounter) => RateCounter): CountingRedis {
  return {
    get life() {
      return redis.life
    },
    suspect: () => redis.suspect(),
    counter(series) {
      const counter = redis.counter(series)
      return { ...counter, ...losing(counter) }
    },
  }
}

describeWithRedis('of replicas', () => {
  describeRates('in a row of the database', () => open(false))
  describeRates('in Redis', () => open(true))
  describeLosses('in a row of the database', () => open(false))
  describeLosses('in Redis', () => open(true))
})
