import { startPostgres, type PostgresSettings, type TestPostgres } from '../support/services/postgres.ts'
import { startRedis, type TestRedis } from '../support/services/redis.ts'

/** A PostgreSQL and a Redis for one set of replicas alone, to be stopped and killed as it likes. */
export interface Engines {
  readonly postgres: TestPostgres
  readonly redis: TestRedis
  stop(): Promise<void>
}

export async function startEngines(settings?: PostgresSettings): Promise<Engines> {
  const [postgres, redis] = await Promise.all([startPostgres(settings), startRedis()])
  return {
    postgres,
    redis,
    async stop() {
      await Promise.all([postgres.stop(), redis.stop()])
    },
  }
}
