import beforeEveryTest from '../support/before-tests.ts'
import { installServices } from '../support/services/install-services.ts'
import { POSTGRES, startPostgres } from '../support/services/postgres.ts'
import { REDIS, startRedis } from '../support/services/redis.ts'
import { running } from './running.ts'

/** Jest's `globalSetup`: installs what is missing, and starts a PostgreSQL and a Redis for all tests of the run. */
export default async function beforeTests(): Promise<void> {
  beforeEveryTest()
  await installServices()
  running.postgres = await startPostgres()
  running.redis = await startRedis()
  // The processes that run the tests inherit them.
  process.env[POSTGRES] = running.postgres.url()
  process.env[REDIS] = running.redis.url
}
