import beforeEveryTest from '../support/before-tests.ts'
import { findProgram, installPackages, type WantedProgram } from '../support/services/find-program.ts'
import { POSTGRES, postgresProgram, startPostgres } from '../support/services/postgres.ts'
import { REDIS, redisProgram, startRedis } from '../support/services/redis.ts'
import { running } from './running.ts'

const wanted: readonly WantedProgram[] = [
  postgresProgram('postgres'),
  redisProgram,
  { name: 'pgbouncer', debian: 'pgbouncer', folders: ['/usr/sbin'] },
]

/** Jest's `globalSetup`: installs what is missing, and starts a PostgreSQL and a Redis for all tests of the run. */
export default async function beforeTests(): Promise<void> {
  beforeEveryTest()
  const missing = wanted.filter((program) => findProgram(program) === undefined)
  const why = missing.length === 0 ? undefined : await installPackages(missing.map(({ debian }) => debian))
  if (why !== undefined) throw new Error(`${missing.map(({ debian }) => debian).join(', ')} cannot be had: ${why}`)
  running.postgres = await startPostgres()
  running.redis = await startRedis()
  // The processes that run the tests inherit them.
  process.env[POSTGRES] = running.postgres.url()
  process.env[REDIS] = running.redis.url
}
