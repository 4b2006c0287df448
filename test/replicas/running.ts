import type { TestPostgres } from '../support/services/postgres.ts'
import type { TestRedis } from '../support/services/redis.ts'

/** What was started for a run of tests, for whoever ends it. */
export const running: { postgres?: TestPostgres; redis?: TestRedis } = {}
