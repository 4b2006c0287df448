import type pg from 'pg'
import { SpekaError } from '@speka/core'

/** The version of the driver that this was written for. */
const MAJOR = 8

/** What loads it otherwise, in tests. */
export type LoadDriver = () => Promise<{ readonly default: typeof pg }>

/**
 * The PostgreSQL driver. It is not installed with the server, since one machine alone needs none.
 *
 * @throws SpekaError `storage_unavailable` when it is not there, with the line that installs it
 */
export async function loadDriver(load: LoadDriver = () => import('pg')): Promise<typeof pg> {
  const { default: driver } = await load().catch((cause: unknown) => {
    throw new SpekaError(
      'storage_unavailable',
      `SPEKA_DATABASE_URL is set, and the PostgreSQL driver is not installed. Install it beside @speka/server: npm install pg@${MAJOR}`,
      { cause },
    )
  })
  return driver
}
