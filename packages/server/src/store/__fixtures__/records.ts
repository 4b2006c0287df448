import { DEFAULT_ACCOUNT } from '../default-account.ts'
import type { AccountRecord, KeyRecord, MemberRecord } from '../records.ts'
import type { ChangeBy, Kept, RegistryKind, RegistryKinds } from '../registry.ts'
import type { Store } from '../store.ts'

let made = 0

/** A key of the built-in account that may do everything. */
export function keyRecord(changes: Partial<KeyRecord> = {}): KeyRecord {
  made += 1
  return {
    id: `key_${made}`,
    account: DEFAULT_ACCOUNT,
    name: 'team "a"',
    mode: 'live',
    digest: made.toString(16).padStart(64, '0'),
    labels: 0,
    limits: {},
    createdAt: made,
    ...changes,
  }
}

/** An account in good standing. */
export const accountRecord = (id: string, changes: Partial<AccountRecord> = {}): AccountRecord => ({
  id,
  account: id,
  name: id,
  plan: 'none',
  status: 'active',
  createdAt: 1,
  ...changes,
})

/** Somebody who looks on. */
export const memberRecord = (id: string, account: string, changes: Partial<MemberRecord> = {}): MemberRecord => ({
  id,
  account,
  email: `${id}@example.com`,
  role: 'viewer',
  status: 'active',
  createdAt: 1,
  ...changes,
})

/** Whoever changes something where it does not matter who. */
export const somebody: ChangeBy = { at: 1, actor: 'operator:cli', action: 'test.put' }

/** Keeps a record as it is given, whatever is there now. */
export async function put<K extends RegistryKind>(
  { registry }: Pick<Store, 'registry'>,
  kind: K,
  after: RegistryKinds[K],
): Promise<Kept<K>> {
  const before = await registry.get(kind, after.id)
  const [kept] = await registry.change([{ kind, before, after }], somebody)
  return kept
}
