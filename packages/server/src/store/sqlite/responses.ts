import { existsSync } from 'node:fs'
import type { ResponseStore } from '../responses.ts'
import type { ResponseQuestions } from './thread/responses-worker.ts'
import { threadOnDemand } from './thread-on-demand.ts'

/**
 * Responses in a file of their own, on a thread of its own that is started when the first is kept or asked for: however large they are, no
 * commit of a record waits for one.
 */
export function sqliteResponses(path: string): ResponseStore & { close(): Promise<void> } {
  const thread = threadOnDemand<ResponseQuestions>({ path, worker: workerFile(import.meta.url) })
  const { open } = thread
  return {
    async keep(response) {
      await (await open()).ask('keep', response)
    },
    find: async (id, account, now) => (await open()).ask('find', id, account, now),
    delete: async (id, account) => (await open()).ask('delete', id, account),
    // Where none was ever kept, no file is made and no thread is started to find that out.
    deleteEnded: async (now, most) => (existsSync(path) ? (await open()).ask('deleteEnded', now, most) : 0),
    close: () => thread.close(),
  }
}

/** As source when this is source, built when this is built. */
const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/responses-worker.ts' : './thread/responses-worker.js', here)
