import { SpekaError } from '@speka/core'
import { newAccount } from '../operations/account-view.ts'
import type { OperationParts } from '../operations/operation.ts'
import { findPlan } from '../operations/plans.ts'
import { mintId } from '../keys/key-format.ts'
import type { MemberRecord } from '../store/records.ts'
import { mailboxDigest } from './code-digests.ts'
import { mailboxOf } from './mailbox.ts'

/** The plan that costs nothing. */
const PLAN = 'free'

/**
 * Makes an account for an address, and its owner. A mailbox has one: its account's id comes of it, so that of two who try at
 * the same time, however they write it, one is refused by the registry itself.
 *
 * @returns the owner
 * @throws SpekaError `conflict` where the mailbox has had its account
 */
export async function signUp(parts: OperationParts, email: string): Promise<MemberRecord> {
  const { store, pepper, now } = parts
  await findPlan(parts, PLAN)
  const createdAt = now()
  const id = accountIdOf(email, await pepper())
  if ((await store.registry.get('account', id)) !== undefined) throw hasOne()
  const account = { ...newAccount({ name: nameOf(email), plan: PLAN, email }, createdAt), id, account: id }
  const member: MemberRecord = { id: mintId('mem'), account: id, email, role: 'owner', status: 'active', createdAt }
  const by = { at: createdAt, actor: member.id, action: 'account.sign_up' }
  const writes = [
    { kind: 'account', after: account },
    { kind: 'member', after: member },
  ] as const
  await store.registry.change(writes, by).catch((error: unknown) => {
    throw SpekaError.is(error) && error.code === 'invalid_value' ? hasOne() : error
  })
  return member
}

/** Opaque like any other: without the pepper nobody can reckon it. */
const accountIdOf = (email: string, pepper: Buffer): string =>
  `acc_${mailboxDigest(pepper, mailboxOf(email)).slice(0, 32)}`

/** What stands before the @, as far as it can be a name. */
const nameOf = (email: string): string => email.slice(0, email.lastIndexOf('@')).slice(0, 100)

const hasOne = (): SpekaError =>
  new SpekaError(
    'conflict',
    'This mailbox has an account here already, made with the address as it was written then. Sign in with that one.',
  )
