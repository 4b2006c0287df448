import type { UsageRecord } from '@speka/core'
import { MemoryBudgets } from '@speka/core/internal'
import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import { memoryAlerts } from './alerts.ts'
import { memoryAudit } from './audit.ts'
import { memoryBudgets, spentBefore } from './budgets.ts'
import { memoryInvoices } from './invoices.ts'
import { memoryLedger } from './ledger.ts'
import { memoryOwners } from './owners.ts'
import { memoryRefusals } from './refusals.ts'
import { isTestKey, labelsOf, memoryRegistry, memoryTables, originOf } from './registry.ts'
import { memoryReplies } from './replies.ts'
import { memoryResponses } from './responses.ts'
import { memorySignInCodes } from './sign-in-codes.ts'
import { useWhile } from './use.ts'

/** A store that forgets everything when the process ends: for tests and throw-away gateways. */
export function openMemoryStore({ replyBytes = MOST_REPLY_BYTES }: StoreOptions = {}): Store {
  let open = true
  const use = useWhile(() => open)
  const tables = memoryTables()
  const registry = memoryRegistry(use, tables)
  const records = new Map<string, UsageRecord>()
  const keys = {
    labels: (id: number) => labelsOf(tables, id),
    origin: (id: string) => originOf(tables, id),
    isTest: (id: string) => isTestKey(tables, id),
  }
  const books = new MemoryBudgets((budget, number) => spentBefore(records.values(), keys, budget, number))
  const owners = memoryOwners(books)
  return {
    ledger: memoryLedger(use, { records, owners, books, registry }),
    registry,
    budgets: memoryBudgets(use, books, owners),
    audit: memoryAudit(use, tables),
    replies: memoryReplies(use, replyBytes),
    responses: memoryResponses(use),
    invoices: memoryInvoices(use),
    alerts: memoryAlerts(use),
    refusals: memoryRefusals(use),
    signInCodes: memorySignInCodes(use),
    close: async () => {
      open = false
    },
  }
}
