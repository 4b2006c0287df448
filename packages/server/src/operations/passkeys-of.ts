import type { MemberRecord, PasskeyRecord } from '../store/records.ts'
import type { Kept, Registry, Write } from '../store/registry.ts'

/** The passkeys of a member that he has not removed, the oldest first. */
export async function passkeysOf(
  registry: Registry,
  { id, account }: Pick<MemberRecord, 'id' | 'account'>,
): Promise<Kept<'passkey'>[]> {
  const all = await registry.list('passkey', { account })
  return all.filter(({ record }) => record.member === id && record.removedAt === undefined)
}

/**
 * Removes the passkeys of a member who leaves: should he come back, he adds them anew.
 *
 * @param at in ms since the epoch.
 */
export async function withoutPasskeys(
  registry: Registry,
  member: Pick<MemberRecord, 'id' | 'account'>,
  at: number,
): Promise<Write<'passkey'>[]> {
  return (await passkeysOf(registry, member)).map((before) => removal(before, at))
}

export const removal = (before: Kept<'passkey'>, at: number): Write<'passkey'> & { readonly after: PasskeyRecord } => ({
  kind: 'passkey',
  before,
  after: { ...before.record, removedAt: at },
})
