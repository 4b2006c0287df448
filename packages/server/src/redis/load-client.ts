import type { Redis } from 'ioredis'
import { SpekaError } from '@speka/core'

/** The version of the client that this was written for. */
const MAJOR = 6

type Client = typeof Redis

/** What loads it otherwise, in tests. */
export type LoadClient = () => Promise<{ readonly Redis: Client }>

/**
 * The Redis client. It is not installed with the server, since one machine alone needs none.
 *
 * @throws SpekaError `storage_unavailable` when it is not there, with the line that installs it
 */
export async function loadClient(load: LoadClient = () => import('ioredis')): Promise<Client> {
  const { Redis: client } = await load().catch((cause: unknown) => {
    throw new SpekaError(
      'storage_unavailable',
      `SPEKA_REDIS_URL is set, and the Redis client is not installed. Install it beside @speka/server: npm install ioredis@${MAJOR}`,
      { cause },
    )
  })
  return client
}
