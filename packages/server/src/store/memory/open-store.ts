import { MOST_REPLY_BYTES, type Store, type StoreOptions } from '../store.ts'
import { memoryKeys } from './keys.ts'
import { memoryLedger } from './ledger.ts'
import { memoryReplies } from './replies.ts'
import { useWhile } from './use.ts'

/** A store that forgets everything when the process ends: for tests and throw-away gateways. */
export function openMemoryStore({ replyBytes = MOST_REPLY_BYTES }: StoreOptions = {}): Store {
  let open = true
  const use = useWhile(() => open)
  return {
    ledger: memoryLedger(use),
    keys: memoryKeys(use),
    replies: memoryReplies(use, replyBytes),
    close: async () => {
      open = false
    },
  }
}
