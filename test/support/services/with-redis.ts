import { REDIS } from './redis.ts'

/** Runs tests that need a Redis, or says that they are skipped. */
export const describeWithRedis: typeof describe =
  (process.env[REDIS] ?? '') === '' ? (describe.skip as typeof describe) : describe
