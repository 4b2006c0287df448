import { existsSync } from 'node:fs'
import type { Alerts } from '../alerts.ts'
import type { Refusals } from '../refusals.ts'
import type { AlertQuestions } from './thread/alerts-worker.ts'
import { threadOnDemand } from './thread-on-demand.ts'

/**
 * Alerts, and what limits have refused, in a file of their own, on a thread of its own that is started when the first is asked
 * for: no commit of a record ever waits for one.
 */
export function sqliteAlerts(path: string): Alerts & { readonly refusals: Refusals; close(): Promise<void> } {
  const thread = threadOnDemand<AlertQuestions>({ path, worker: workerFile(import.meta.url) })
  const { open } = thread
  /** Who only reads makes no file. */
  const isNone = (): boolean => !thread.isStarted && !existsSync(path)
  return {
    raise: async (alert) => (await open()).ask('raise', alert),
    end: async (occasion, now) => (await open()).ask('end', occasion, now),
    occasions: async (kinds) => (isNone() ? [] : (await open()).ask('occasions', kinds)),
    list: async (query) => (isNone() ? [] : (await open()).ask('list', query)),
    claim: async (claim) => (isNone() ? [] : (await open()).ask('claim', claim)),
    settle: async (delivery, outcome) => (await open()).ask('settle', delivery, outcome),
    lead: async (lead) => (await open()).ask('lead', lead),
    tidy: async (now) => {
      if (!isNone()) await (await open()).ask('tidy', now)
    },
    refusals: {
      count: async (refused) => (await open()).ask('countRefusals', refused),
      list: async (query) => (isNone() ? [] : (await open()).ask('listRefusals', query)),
      byLimit: async (since) => (isNone() ? new Map() : (await open()).ask('refusalsByLimit', since)),
    },
    close: () => thread.close(),
  }
}

/** As source when this is source, built when this is built. */
const workerFile = (here: string): URL =>
  new URL(here.endsWith('.ts') ? './thread/alerts-worker.ts' : './thread/alerts-worker.js', here)
