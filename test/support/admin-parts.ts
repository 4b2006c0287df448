import type { AdminParts } from '../../packages/server/src/management/management-route.ts'
import { openMemoryStore } from '../../packages/server/src/store/memory/open-store.ts'

/** What an operator's listener is made of, on an empty store of its own but for what is given. */
export const adminParts = (given: Partial<AdminParts> = {}): AdminParts => ({
  metrics: () => '',
  operations: { store: openMemoryStore(), pepper: async () => Buffer.from('pepper'), now: Date.now },
  ...given,
})
