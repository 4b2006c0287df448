import { verifyChain, type Audit } from '../audit.ts'
import type { MemoryTables } from './registry.ts'
import type { Use } from './use.ts'

/** The audit in a list. */
export const memoryAudit = (use: Use, { rows, audit }: MemoryTables): Audit => ({
  list: ({ since = -Infinity, after = 0, account, limit = Infinity } = {}) =>
    use(() =>
      audit
        .filter((entry) => entry.n > after && entry.at >= since)
        .filter((entry) => account === undefined || entry.account === account)
        .slice(0, limit),
    ),
  verify: () => use(() => verifyChain(audit, rows.values())),
})
