import type { z } from 'zod'
import { SpekaError } from '@speka/core'
import type { SignInChoice, verifyInput } from '../management/sign-in-rows.ts'
import type { SiteParts } from '../site/site-parts.ts'
import type { CodeTried } from '../store/sign-in-codes.ts'
import { demandCodes, refuseDisposable } from './ask-for-code.ts'
import { addressDigest, codeDigest } from './code-digests.ts'
import { membershipsOf, type Membership } from './memberships.ts'
import { openMemberSession, type OpenedSession } from './sessions.ts'
import { signUp } from './sign-up.ts'

/** Somebody who has come in. */
export interface ComeIn {
  readonly session: OpenedSession
  /** Whether the account was made just now. */
  readonly isNew: boolean
}

/**
 * Signs in by a code: a member, or where sign-up is open whoever has none, as the owner of a new account. Who is a member of
 * several accounts, and says not which, is told them, and may say it with the same code.
 *
 * @throws SpekaError `invalid_value` with the param `code` for one that is not right, the same whether there is such a member or not;
 *   `unknown_url` where nobody signs in by a code; `conflict` for a mailbox that has had its account
 */
export async function verifyCode(
  parts: SiteParts,
  { email, code, account }: z.output<typeof verifyInput>,
): Promise<ComeIn | SignInChoice> {
  const { signUp: who } = parts.site()
  demandCodes(who)
  const { store, pepper: readPepper, now } = parts.operations
  const pepper = await readPepper()
  const memberships = await membershipsOf(store, email)
  const chosen = chosenOf(memberships, account)
  const isChosen = chosen !== undefined || memberships.length === 0
  const tried = await store.signInCodes.try({
    address: addressDigest(pepper, email),
    code: codeDigest(pepper, email, code),
    now: now(),
    isUsedUp: isChosen,
  })
  if (tried !== 'right') throw notRight(tried)
  if (!isChosen) return choiceOf(memberships)
  if (chosen !== undefined) return { session: await openMemberSession(parts, chosen.member.id, 'code'), isNew: false }
  // Nobody was sent a code who may not come in.
  if (who !== 'open') throw notRight('none')
  refuseDisposable(email)
  const owner = await signUp(parts.operations, email)
  return { session: await openMemberSession(parts, owner.id, 'code'), isNew: true }
}

function chosenOf(memberships: readonly Membership[], account: string | undefined): Membership | undefined {
  if (account !== undefined) return memberships.find((one) => one.account.id === account)
  return memberships.length === 1 ? memberships[0] : undefined
}

const choiceOf = (memberships: readonly Membership[]): SignInChoice => ({
  object: 'sign_in_choice',
  accounts: memberships.map(({ account, member }) => ({ id: account.id, name: account.name, role: member.role })),
})

const words: Readonly<Record<Exclude<CodeTried, 'right'>, string>> = {
  wrong: 'code is not the one that was sent to this address. Look at it again.',
  none: 'code is not good for this address, or not any more: it was used, has ended, or was tried too often. Ask for another one.',
}

const notRight = (tried: Exclude<CodeTried, 'right'>): SpekaError =>
  new SpekaError('invalid_value', words[tried], { param: 'code' })
