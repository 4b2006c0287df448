import type { Claimed, ReplyStore } from '../store.ts'
import type { ReplyQuestions } from './thread/replies-worker.ts'
import { threadOnDemand } from './thread-on-demand.ts'

/**
 * Replies in a file of their own, on a thread of its own that is started when the first is asked for.
 *
 * @param mostBytes the most that is kept of them.
 */
export function sqliteReplies(path: string, mostBytes: number): ReplyStore & { close(): Promise<void> } {
  const thread = threadOnDemand<ReplyQuestions>({ path, worker: workerFile(import.meta.url) })
  const { open } = thread
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
    close: () => thread.close(),
  }
}

/** As source when this is source, built when this is built. */
const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/replies-worker.ts' : './thread/replies-worker.js', here)
