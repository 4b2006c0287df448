import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { mintKey } from '../../packages/server/src/keys/key-format.ts'
import { runSpeka, type SpekaEnded } from '../support/run-speka.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'
import { openTcpProxyApart } from '../support/tcp-proxy-apart.ts'
import { startEngines, type Engines } from './engines.ts'

/** What was changed by a command is in force on every replica after so long, in ms. */
const KNOWN_EVERYWHERE_MS = 1500

const REPLICAS = 3

/** One gateway, and its own lines to both engines. */
export interface Replica {
  readonly gateway: Gateway
  readonly postgres: TcpProxy
  readonly redis: TcpProxy
}

/** Gateways on ports of their own that share a PostgreSQL and a Redis. */
export interface Replicas {
  readonly engines: Engines
  readonly all: readonly Replica[]
  /** A live key that the configuration names. */
  readonly key: string
  /** What `speka` is told to find the same database, over no line that could be cut. */
  readonly env: Readonly<Record<string, string>>
  /** Each in turn: what the SDKs call the base URL. */
  baseURL(): string
  /** A command of `speka`, however it ends. */
  run(command: string): Promise<SpekaEnded>
  /** The same. @throws Error unless it ends with 0. */
  speka(command: string): Promise<string>
  /** Makes a key; `options` as the command line has them. */
  createKey(name: string, options: string): Promise<{ readonly id: string; readonly key: string }>
  /** Resolves when what was changed by a command is in force on every replica. */
  inForce(): Promise<void>
  /** What the database says, read by plain SQL. */
  read(sql: string, values?: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

export interface ReplicaOptions {
  readonly replicas?: number | undefined
  /** Whether they are told of the Redis. @default true */
  readonly redis?: boolean | undefined
  /** Added to the environment of every one. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

const DATABASE = 'postgres'

/** Resolves when all of them accept requests. `config` is what their `speka.yaml` holds; a key is added to it. */
export async function startReplicas(config: object, options: ReplicaOptions = {}): Promise<Replicas> {
  const { replicas = REPLICAS, redis: withRedis = true } = options
  const engines = await startEngines()
  const folder = await mkdtemp(join(tmpdir(), 'speka-replicas-'))
  const key = mintKey('live')
  const shared = { SPEKA_KEY_PEPPER: randomBytes(32).toString('hex'), SPEKA_LOG_LEVEL: 'error', ...options.env }
  const { postgres, redis } = engines
  const env = {
    ...shared,
    SPEKA_DATA_DIR: folder,
    SPEKA_DATABASE_URL: postgres.url(DATABASE),
    ...(withRedis && { SPEKA_REDIS_URL: redis.url }),
  }
  const lines: TcpProxy[] = []
  const all: Replica[] = []

  async function startOne(): Promise<Replica> {
    const own = { postgres: await openTcpProxyApart(postgres.port), redis: await openTcpProxyApart(redis.port) }
    lines.push(own.postgres, own.redis)
    const gateway = await spawnGateway(
      { keys: [{ name: 'tests', key, plan: 'none' }], ...config },
      {
        unwatched: true,
        env: {
          ...shared,
          SPEKA_DATABASE_URL: through(own.postgres, postgres.url(DATABASE)),
          ...(withRedis && { SPEKA_REDIS_URL: through(own.redis, redis.url) }),
        },
      },
    )
    return { gateway, ...own }
  }

  async function close(): Promise<void> {
    const closed = await Promise.allSettled(all.map(({ gateway }) => gateway.close()))
    await Promise.all(lines.map((line) => line.close()))
    await engines.stop()
    await rm(folder, { recursive: true, force: true })
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }

  // All at once: one of them makes the tables.
  const started = await Promise.allSettled(Array.from({ length: replicas }, startOne))
  for (const one of started) if (one.status === 'fulfilled') all.push(one.value)
  for (const one of started) {
    if (one.status === 'fulfilled') continue
    await close()
    throw one.reason
  }

  let turn = 0
  const running: Replicas = {
    engines,
    all,
    key,
    env,
    baseURL: () => all[(turn += 1) % all.length]?.gateway.baseURL ?? '',
    run: (command) => runSpeka(command, env),
    async speka(command) {
      const { code, out, error } = await runSpeka(command, env)
      if (code !== 0) throw new Error(`speka ${command} ends with ${code}: ${error}`)
      return out
    },
    async createKey(name, made) {
      const out = await running.speka(`keys create --name ${name} ${made} --json`.replace(/ +/g, ' '))
      return JSON.parse(out) as { id: string; key: string }
    },
    inForce: () => wait(KNOWN_EVERYWHERE_MS),
    async read(sql, values = []) {
      const client = new pg.Client({ connectionString: postgres.url(DATABASE) })
      await client.connect()
      try {
        return (await client.query<Record<string, unknown>>(sql, [...values])).rows
      } finally {
        await client.end()
      }
    },
    close,
  }
  return running
}

/** The same URL, by way of a line. */
function through(line: TcpProxy, url: string): string {
  const changed = new URL(url)
  changed.port = `${line.port}`
  return changed.href
}
