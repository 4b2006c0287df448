import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { SpekaError } from '@speka/core'

/** Where a database is, as `SPEKA_DATABASE_URL` says it. */
export interface PostgresAddress {
  /** Tried in this order, until one takes writes. */
  readonly hosts: readonly PostgresHost[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string
  /** `undefined`: the connection is not encrypted. */
  readonly ssl: ConnectionOptions | undefined
  /** At most so many connections of this process. */
  readonly connections: number
  /** As it is called in messages: the URL without its password. */
  readonly name: string
}

export interface PostgresHost {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
}

/** Enough for the ledger, leases, sums, notices and what people ask; a replica needs no more for more requests. */
const CONNECTIONS = 10

/** The ledger, leases, sums and notices have one each, and something is left to ask with. */
const FEWEST_CONNECTIONS = 5

const DEFAULT_PORT = 5432

const EXAMPLE = 'postgres://speka:secret@db.example.com:5432/speka'

/** What libpq takes in a URL and we follow. */
const PARAMETERS = ['sslmode', 'sslrootcert', 'target_session_attrs', 'connections'] as const
type Parameter = (typeof PARAMETERS)[number]

/**
 * Reads the URL of a database, in libpq's spelling: several hosts are separated by commas. Beside `sslmode`, `sslrootcert` and
 * `target_session_attrs=read-write` (which is always meant) it may say `connections`, the most that one process opens.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * @throws SpekaError `storage_unavailable` that shows no password
 */
export function readPostgresUrl(url: string): PostgresAddress {
  const parts = /^postgres(?:ql)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url)
  if (parts === null) throw refused(`It is not a URL such as ${EXAMPLE}.`)
  const [, user, password, hostList = '', database, query = ''] = parts
  const parameters = readParameters(query)
  const hosts = hostList.split(',').map(readHost)
  const name = decoded(database ?? '')
  if (name === '') throw refused(`It names no database. Write it as in ${EXAMPLE}.`)
  return {
    hosts,
    user: user === undefined || user === '' ? undefined : decoded(user),
    password: password === undefined ? undefined : decoded(password),
    database: name,
    ssl: sslOf(parameters.get('sslmode') ?? 'prefer', parameters.get('sslrootcert'), hosts),
    connections: readConnections(parameters.get('connections')),
    name: `postgres://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${name}`,
  }
}

function readParameters(query: string): ReadonlyMap<Parameter, string> {
  const read = new Map<Parameter, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const known = PARAMETERS.find((parameter) => parameter === name)
    if (known === undefined) throw refused(`It has the parameter ${name}. Known are ${PARAMETERS.join(', ')}.`)
    read.set(known, value)
  }
  const wanted = read.get('target_session_attrs') ?? 'read-write'
  if (wanted !== 'read-write' && wanted !== 'primary')
    throw refused('A gateway writes, so its target_session_attrs can only be read-write.')
  return read
}

function readHost(text: string): PostgresHost {
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? decoded(plain)
  const number = port === undefined ? DEFAULT_PORT : Number(port)
  if (host === '' || number < 1 || number > 65_535) throw refused(`It names no host and port where one is due.`)
  return { host, port: number }
}

/**
 * `prefer` is read as `require` where the other end is another machine: what is preferred would be left out by whoever stands between.
 */
function sslOf(
  mode: string,
  rootFile: string | undefined,
  hosts: readonly PostgresHost[],
): ConnectionOptions | undefined {
  switch (mode) {
    case 'disable':
      return undefined
    case 'allow':
    case 'prefer':
      return hosts.every(({ host }) => isOnThisMachine(host)) ? undefined : { rejectUnauthorized: false }
    case 'require':
      return rootFile === undefined ? { rejectUnauthorized: false } : { ca: readRoots(rootFile), checkServerIdentity }
    case 'verify-ca':
      return { ...(rootFile !== undefined && { ca: readRoots(rootFile) }), checkServerIdentity }
    case 'verify-full':
      return rootFile === undefined ? {} : { ca: readRoots(rootFile) }
    default:
      throw refused(`It has sslmode=${mode}. Known are disable, allow, prefer, require, verify-ca and verify-full.`)
  }
}

/** A certificate of a known authority is enough, whatever name is in it. */
const checkServerIdentity = (): undefined => undefined

const isOnThisMachine = (host: string): boolean => host.startsWith('/') || /^(?:localhost|127\..*|::1)$/.test(host)

function readRoots(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw refused(`Its sslrootcert ${file} cannot be read.`)
  }
}

function readConnections(text: string | undefined): number {
  if (text === undefined) return CONNECTIONS
  const connections = Number(text)
  if (/^\d+$/.test(text) && connections >= FEWEST_CONNECTIONS && connections <= 1000) return connections
  throw refused(`Its connections must be a number from ${FEWEST_CONNECTIONS} to 1000.`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('It has a % that begins no escape; a password has %25 in its place.')
  }
}

const refused = (why: string): SpekaError =>
  new SpekaError('storage_unavailable', `SPEKA_DATABASE_URL cannot be used. ${why}`)
