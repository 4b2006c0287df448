import type { NoticeEngine, NoticeReceiver } from './notice-engine.ts'

/** What of a connection to Redis notices need: `ioredis` has it. It connects by itself, and again when it was lost. */
export interface RedisPubSub {
  readonly status: string
  publish(channel: string, text: string): Promise<number>
  subscribe(...channels: string[]): Promise<unknown>
  unsubscribe(...channels: string[]): Promise<unknown>
  on(event: 'message', listener: (channel: string, text: string) => void): unknown
  on(event: 'ready' | 'close', listener: () => void): unknown
  off(event: 'ready' | 'close', listener: () => void): unknown
  disconnect(reconnect?: boolean): void
}

export interface RedisNoticesOptions {
  /** Makes a connection of its own. Called twice: one that listens can do nothing else. */
  readonly connect: () => RedisPubSub
  /** What the names of channels begin with: the gateway's own, since everybody with the same Redis shares its channels. */
  readonly prefix: string
}

/** How long to wait until a connection is there, in ms. */
const CONNECT_MS = 3000

/** Notices by the publish and subscribe of Redis or Valkey. */
export function redisNotices({ connect, prefix }: RedisNoticesOptions): NoticeEngine {
  let connections: { readonly listens: RedisPubSub; readonly sends: RedisPubSub } | undefined
  let receiver: NoticeReceiver | undefined

  function open(): { readonly listens: RedisPubSub; readonly sends: RedisPubSub } {
    const made = { listens: connect(), sends: connect() }
    made.listens.on('message', (channel, text) => receiver?.heard({ channel: channel.slice(prefix.length), text }))
    for (const connection of [made.listens, made.sends]) connection.on('close', () => receiver?.lost())
    return made
  }

  /** Nothing waits in a queue for a connection: what is said late is of no use, and may be much. */
  function ready(connection: RedisPubSub | undefined): RedisPubSub {
    if (connection?.status !== 'ready') throw new Error('Redis is not connected')
    return connection
  }

  return {
    async connect(channels, told) {
      const { listens, sends } = (connections ??= open())
      receiver = told
      await Promise.all([isReady(listens), isReady(sends)])
      await listens.subscribe(...channels.map((channel) => prefix + channel))
    },
    listen: async (channel) => void (await ready(connections?.listens).subscribe(prefix + channel)),
    unlisten: async (channel) => void (await ready(connections?.listens).unsubscribe(prefix + channel)),
    send: async ({ channel, text }) => void (await ready(connections?.sends).publish(prefix + channel, text)),
    drop() {
      connections?.listens.disconnect(true)
      connections?.sends.disconnect(true)
    },
    async close() {
      receiver = undefined
      connections?.listens.disconnect()
      connections?.sends.disconnect()
    },
  }
}

/** @throws When it is not there within {@link CONNECT_MS}. */
function isReady(connection: RedisPubSub): Promise<void> {
  if (connection.status === 'ready') return Promise.resolve()
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      connection.off('ready', ready)
      settle()
    }
    const ready = (): void => end(resolve)
    const timer = setTimeout(() => end(() => reject(new Error('Redis did not answer in time'))), CONNECT_MS)
    connection.on('ready', ready)
  })
}
