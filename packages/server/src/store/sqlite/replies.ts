import type { Claimed, ReplyStore } from '../store.ts'
import { startSqliteThread } from './start-thread.ts'
import type { SqliteThread } from './start-thread.ts'
import type { ReplyQuestions } from './thread/replies-worker.ts'

/**
 * Replies in a file of their own, on a thread of its own that is started when the first is asked for.
 *
 * @param mostBytes the most that is kept of them.
 */
export function sqliteReplies(path: string, mostBytes: number): ReplyStore & { close(): Promise<void> } {
  let thread: Promise<SqliteThread<ReplyQuestions>> | undefined
  const open = (): Promise<SqliteThread<ReplyQuestions>> => {
    const forget = (): void => {
      thread = undefined
    }
    thread ??= startSqliteThread<ReplyQuestions>({
      path,
      worker: workerFile(import.meta.url),
      onSettled: () => {},
      onEnd: forget,
    })
    thread.catch(forget)
    return thread
  }
  return {
    async claim(place, { fingerprint, now, until }): Promise<Claimed> {
      return (await open()).ask('claim', place, fingerprint, now, until)
    },
    async keep(place, reply, until) {
      await (await open()).ask('keep', place, reply, until, mostBytes)
    },
    async release(place) {
      await (await open()).ask('release', place)
    },
    async close() {
      await (await thread?.catch(() => undefined))?.close()
    },
  }
}

/** As source when this is source, built when this is built. */
const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/replies-worker.ts' : './thread/replies-worker.js', here)
