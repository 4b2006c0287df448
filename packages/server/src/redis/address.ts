import type { ConnectionOptions } from 'node:tls'
import { SpekaError } from '@speka/core'

/** Where a Redis or Valkey is, as `SPEKA_REDIS_URL` says it. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  /** The number of its database. */
  readonly database: number
  /** `undefined`: the connection is not encrypted. */
  readonly tls: ConnectionOptions | undefined
  /** As it is called in messages: the URL without its password. */
  readonly name: string
}

const DEFAULT_PORT = 6379

const EXAMPLE = 'rediss://speka:secret@redis.example.com:6379/0'

/**
 * Reads the URL of a Redis: `redis://`, or `rediss://` with TLS, with a user, a password and the number of a database where they are
 * needed.
 *
 * @throws SpekaError `storage_unavailable` that shows no password
 */
export function readRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isEncrypted = url?.protocol === 'rediss:'
  if (url === undefined || (url.protocol !== 'redis:' && !isEncrypted) || url.hostname === '')
    throw refused(`It is not a URL such as ${EXAMPLE}.`)
  if (url.search !== '' || url.hash !== '')
    throw refused(`It has parameters, and none are known. Write it as in ${EXAMPLE}.`)
  const [, database = '0'] = /^\/?(\d{1,5})?$/.exec(url.pathname) ?? []
  if (!/^\/?\d{0,5}$/.test(url.pathname)) throw refused('Its path is the number of a database, such as /0.')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  return {
    host,
    port,
    user: url.username === '' ? undefined : decoded(url.username),
    password: url.password === '' ? undefined : decoded(url.password),
    database: Number(database),
    tls: isEncrypted ? { servername: host } : undefined,
    name: `${url.protocol}//${url.hostname}:${port}/${Number(database)}`,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('It has a % that begins no escape; a password has %25 in its place.')
  }
}

const refused = (why: string): SpekaError =>
  new SpekaError('storage_unavailable', `SPEKA_REDIS_URL cannot be used. ${why}`)
