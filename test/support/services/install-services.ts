import { findProgram, installPackages, type WantedProgram } from './find-program.ts'
import { pgbouncerProgram } from './pgbouncer.ts'
import { postgresProgram } from './postgres.ts'
import { redisProgram } from './redis.ts'

const wanted: readonly WantedProgram[] = [postgresProgram('postgres'), redisProgram, pgbouncerProgram]

/** Installs what of PostgreSQL, Redis and PgBouncer is not there. @throws Error when it cannot be had. */
export async function installServices(): Promise<void> {
  const missing = wanted.filter((program) => findProgram(program) === undefined)
  const why = missing.length === 0 ? undefined : await installPackages(missing.map(({ debian }) => debian))
  if (why !== undefined) throw new Error(`${missing.map(({ debian }) => debian).join(', ')} cannot be had: ${why}`)
}
