import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import { memoryAlerts } from './alerts.ts'
import { memoryAudit } from './audit.ts'
import { memoryLedger } from './ledger.ts'
import { memoryRegistry, memoryTables } from './registry.ts'
import { memoryReplies } from './replies.ts'
import { useWhile } from './use.ts'

/** A store that forgets everything when the process ends: for tests and throw-away gateways. */
export function openMemoryStore({ replyBytes = MOST_REPLY_BYTES }: StoreOptions = {}): Store {
  let open = true
  const use = useWhile(() => open)
  const tables = memoryTables()
  const registry = memoryRegistry(use, tables)
  return {
    ledger: memoryLedger(use, registry),
    registry,
    audit: memoryAudit(use, tables),
    replies: memoryReplies(use, replyBytes),
    alerts: memoryAlerts(use),
    close: async () => {
      open = false
    },
  }
}
