import { FIRST_VERSION } from './audit.ts'
import type { RegistryRow } from './registry-row.ts'

/** The account that is always there: what belongs to no other belongs to it. */
export const DEFAULT_ACCOUNT = 'default'

/** The account that every store has from the first. A migration of each database says the same. */
export const defaultAccountRow: RegistryRow = {
  kind: 'account',
  id: DEFAULT_ACCOUNT,
  account: DEFAULT_ACCOUNT,
  lookup: null,
  labels: 0,
  revision: 1,
  version: FIRST_VERSION,
  createdAt: 0,
  body: JSON.stringify({ name: DEFAULT_ACCOUNT, plan: 'none', status: 'active' }),
}
