import { plans } from '@speka/core/internal'
import type { AdminParts } from '../../packages/server/src/management/management-route.ts'
import { openMemoryStore } from '../../packages/server/src/store/memory/open-store.ts'

/** What an operator's listener is made of, on an empty store of its own but for what is given. */
export const adminParts = (given: Partial<AdminParts> = {}): AdminParts => ({
  metrics: () => '',
  operations: {
    store: openMemoryStore(),
    pepper: async () => Buffer.from('pepper'),
    now: Date.now,
    plans: async () => ({ plans: new Map(plans.map((plan) => [plan.id, plan])), planOf: new Map(), configuredKeys: 0 }),
  },
  ...given,
})
