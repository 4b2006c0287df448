import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { SpekaError } from '@speka/core'
import type { RedisAddress } from './address.ts'
import { complaintsOfRedis, readInfo, versionOf } from './demand-redis.ts'
import { loadClient, type LoadClient } from './load-client.ts'

export interface RedisOptions {
  readonly address: RedisAddress
  /** What the connection is, as `CLIENT LIST` shows it. @default 'speka' */
  readonly purpose?: string | undefined
  /** Told what is wrong with a server that can be used all the same, and when one that was there cannot be reached, and is there again. */
  readonly onTrouble?: ((says: string) => void) | undefined
  readonly onFound?: (() => void) | undefined
  /** Loads the client otherwise, in tests. */
  readonly load?: LoadClient | undefined
}

/** A program that the server runs, all at once and with nothing between. */
export interface Script {
  readonly digest: string
  readonly text: string
}

/** @param text Lua, with `KEYS` and `ARGV`. */
export const script = (text: string): Script => ({ digest: createHash('sha1').update(text).digest('hex'), text })

/** A connection to a Redis that is made anew by itself. Whatever is asked while there is none fails at once. */
export interface RedisLink {
  /** The URL without its password. */
  readonly name: string
  /**
   * Which life of which server answers; `undefined`: none does, or none did within the last second. What an earlier life had counted is
   * not in this one.
   */
  readonly life: string | undefined
  /** What answers, such as `Redis 7.2.4`; `undefined` while nothing does. */
  readonly version: string | undefined
  /** @throws What the client says; nothing was carried out, or nobody knows. Not sent again. */
  run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>
  /** What answered late or not at all is not asked again before it has answered a look in the background. */
  suspect(): void
  /** A further connection, for notices: one that listens can do nothing else. It connects by itself, and again when it was lost. */
  duplicate(): Redis
  close(): Promise<void>
}

/** What is said where a Redis is named and nobody shares the store: rates of one machine are counted on it. */
export const REDIS_ALONE =
  'SPEKA_REDIS_URL is not used: only replicas that share a database need a Redis, and SPEKA_DATABASE_URL is not set'

/** How long to wait for a connection, in ms. */
const CONNECT_MS = 3000
/** A server that is gone is looked for this often, in ms. */
const RETRY_MS = 500
/** How often it is looked whether it answers, in ms. */
const LOOK_MS = 1000
/** Without an answer to a look for so long it counts as gone, in ms. */
const SILENT_MS = 1000

/**
 * Connects to a Redis, and looks whether it may be used. One that cannot be reached is looked for in the background.
 *
 * @throws SpekaError `storage_unavailable` when the client is not installed, or the server is one that cannot be used: with what helps.
 */
export async function openRedis(options: RedisOptions): Promise<RedisLink> {
  const { address, purpose = 'speka', onTrouble = () => {}, onFound = () => {} } = options
  const Client = await loadClient(options.load)
  const client = new Client({
    host: address.host,
    port: address.port,
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls !== undefined && { tls: address.tls }),
    db: address.database,
    connectionName: purpose,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    keepAlive: LOOK_MS,
    retryStrategy: () => RETRY_MS,
    // Nothing waits for a server that is not there, and nothing is carried out twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  })
  let life: string | undefined
  let version: string | undefined
  let wasThere = true
  let closed = false
  let trouble = 'it cannot be reached'

  function lose(why: string): void {
    life = undefined
    if (!wasThere || closed) return
    wasThere = false
    onTrouble(`Redis ${address.name} is not used: ${why}. It is looked for again by itself`)
  }

  /** @returns what stands against its use. */
  async function look(): Promise<string | undefined> {
    const facts = readInfo(await within(SILENT_MS, client.info()))
    const complaints = complaintsOfRedis(facts)
    const refusal = complaints.find(({ isRefusal }) => isRefusal)
    if (refusal !== undefined) return refusal.says
    version = versionOf(facts)
    const told = facts.get('run_id')
    if (told !== undefined && life === undefined) {
      for (const { says } of complaints) onTrouble(`Redis ${address.name}: ${says}`)
      life = told
      if (!wasThere) onFound()
      wasThere = true
    } else life = told
    return undefined
  }

  async function lookAgain(): Promise<void> {
    if (client.status !== 'ready') {
      lose(trouble)
      return
    }
    try {
      const refusal = await look()
      if (refusal !== undefined) lose(refusal)
    } catch (error) {
      lose(`it does not answer (${wordsOf(error)})`)
      // Whatever it answers by and by is of no use to anybody. A connection that is made anew begins with nothing on its way.
      if (client.status === 'ready') client.disconnect(true)
    }
  }

  client.on('error', (error: unknown) => {
    trouble = `it cannot be reached (${wordsOf(error)})`
  })
  client.on('close', () => lose(trouble))
  client.on('ready', () => void lookAgain())
  try {
    await client.connect()
    const refusal = await look()
    if (refusal !== undefined) throw refused(address, refusal)
  } catch (error) {
    if (SpekaError.is(error)) {
      closed = true
      client.disconnect()
      throw error
    }
    // The client tells of a wrong password beside, and of its connection here.
    if (DENIED.test(`${wordsOf(error)} ${trouble}`)) {
      closed = true
      client.disconnect()
      throw refused(address, 'it does not let this gateway in. Look after the user and the password in SPEKA_REDIS_URL')
    }
    lose(`it cannot be reached (${wordsOf(error)})`)
  }
  const timer = setInterval(() => void lookAgain(), LOOK_MS).unref()

  return {
    name: address.name,
    get life() {
      return life
    },
    get version() {
      return life === undefined ? undefined : version
    },
    async run({ digest, text }, keys, values) {
      const rest = [...keys, ...values.map(String)]
      try {
        return await client.evalsha(digest, keys.length, ...rest)
      } catch (error) {
        if (!wordsOf(error).startsWith('NOSCRIPT')) throw error
        return client.eval(text, keys.length, ...rest)
      }
    },
    suspect() {
      lose('it answered too late')
    },
    duplicate() {
      const made = client.duplicate({ lazyConnect: false })
      // It is made anew by itself.
      made.on('error', () => {})
      return made
    },
    async close() {
      closed = true
      clearInterval(timer)
      client.disconnect()
    },
  }
}

/** What the server answers to whom it does not let in. */
const DENIED = /NOAUTH|WRONGPASS|NOPERM|invalid (?:username|password)/i

const refused = ({ name }: RedisAddress, why: string): SpekaError =>
  new SpekaError('storage_unavailable', `SPEKA_REDIS_URL names ${name}, which cannot be used: ${why}.`)

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: unknown }
  return error.message || String(code ?? error.name)
}

/** @throws When it takes longer. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
