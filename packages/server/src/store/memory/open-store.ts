import type { Store } from '../store.ts'
import { memoryKeys } from './keys.ts'
import { memoryLedger } from './ledger.ts'
import { useWhile } from './use.ts'

/** A store that forgets everything when the process ends: for tests and throw-away gateways. */
export function openMemoryStore(): Store {
  let open = true
  const use = useWhile(() => open)
  return {
    ledger: memoryLedger(use),
    keys: memoryKeys(use),
    close: async () => {
      open = false
    },
  }
}
