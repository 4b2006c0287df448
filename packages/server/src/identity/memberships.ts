import type { AccountRecord, MemberRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'

/** What somebody is in an account. */
export interface Membership {
  readonly member: MemberRecord
  readonly account: AccountRecord
}

/** Where an address may come in: accounts it was invited to, or is in. */
export async function membershipsOf({ registry }: Store, email: string): Promise<Membership[]> {
  const members = (await registry.membersOf(email)).filter(({ record }) => record.status !== 'removed')
  const found = await Promise.all(
    members.map(async ({ record: member }) => {
      const account = (await registry.get('account', member.account))?.record
      return account === undefined ? [] : [{ member, account }]
    }),
  )
  return found.flat()
}
