import type pg from 'pg'
import type { Notice, NoticeEngine, NoticeReceiver } from '../../notices/notice-engine.ts'
import type { Database } from './database.ts'
import { Refusal } from './postgres-failure.ts'
import { statement } from './session.ts'

/** How long a statement on the connection for notices may take, in ms; after twice as long it is given up. */
const STATEMENT_MS = 1000

/** Those of several at once, in one transaction: each that has notices waits for the one before it to be committed. */
const NOTIFY = statement(`
  SELECT pg_notify(notice.channel, notice.text) FROM unnest($1::text[], $2::text[]) AS notice (channel, text)`)

const PREFIX = 'speka_'
/** The name of a channel as PostgreSQL has it. */
export const nameOfChannel = (channel: string): string => `${PREFIX}${channel}`

/**
 * Notices by LISTEN and NOTIFY, on one connection of their own. Who listens hears what was committed after it began to.
 */
export function postgresNotices(database: Pick<Database, 'lane'>): NoticeEngine {
  let receiver: NoticeReceiver | undefined
  let client: pg.ClientBase | undefined
  const unsent: { readonly notice: Notice; readonly sent: () => void; readonly failed: (error: unknown) => void }[] = []
  let isSending = false

  const lane = database.lane({
    purpose: 'notices',
    statementMs: STATEMENT_MS,
    async onConnect(made) {
      client = made
      made.on('notification', ({ channel, payload }) => {
        if (client === made) receiver?.heard({ channel: channel.slice(PREFIX.length), text: payload ?? '' })
      })
    },
    onLost() {
      client = undefined
      receiver?.lost()
    },
  })

  async function sendAll(): Promise<void> {
    isSending = true
    while (unsent.length > 0) {
      const batch = unsent.splice(0)
      const [channels, texts] = [
        batch.map(({ notice }) => nameOfChannel(notice.channel)),
        batch.map(({ notice }) => notice.text),
      ]
      try {
        // Not by itself: a connection that nobody has told what to listen to hears nothing.
        if (client === undefined) throw new Refusal('unreachable', 'the connection for notices is gone')
        await lane.run(NOTIFY, [channels, texts])
        for (const { sent } of batch) sent()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    isSending = false
  }

  const script = (sql: string): Promise<void> => lane.transact((session) => session.script(sql))

  return {
    connect(channels, told) {
      receiver = told
      return script(channels.map((channel) => `LISTEN "${nameOfChannel(channel)}"`).join('; '))
    },
    listen: (channel) => script(`LISTEN "${nameOfChannel(channel)}"`),
    unlisten: (channel) => script(`UNLISTEN "${nameOfChannel(channel)}"`),
    send: (notice) =>
      new Promise((sent, failed) => {
        unsent.push({ notice, sent, failed })
        if (!isSending) void sendAll()
      }),
    drop: () => lane.drop('nothing is heard on it'),
    close: () => lane.close(),
  }
}
