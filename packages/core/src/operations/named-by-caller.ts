import { isCallerName } from '../wire/caller-name.ts'
import { claudeCodeUser } from '../wire/claude-code-user.ts'
import { LONG_STRING_MARK } from '../wire/outline.ts'
import type { Call } from './call.ts'

/**
 * The end user a call is made for, as its caller names him: by header, else in the body by `user`, `safety_identifier` or
 * `metadata.user_id`. What cannot be a name is passed over, since the body is the provider's to judge.
 */
export function customerOf({ customer, outline }: Call): string | undefined {
  if (customer !== undefined) return customer
  const { user, safety_identifier: identifier, metadata } = outline
  if (isNamed(user)) return user
  if (isNamed(identifier)) return identifier
  const id = metadata?.['user_id']
  if (typeof id !== 'string') return undefined
  const named = claudeCodeUser(id).user
  return isNamed(named) ? named : undefined
}

/**
 * The conversation that a call belongs to, as its caller names it: `session_id` in the body, else by header, else what Claude
 * Code says in `metadata.user_id`. What cannot be a name is passed over.
 */
export function sessionOf({ session, outline }: Call): string | undefined {
  const { session_id: own, metadata } = outline
  if (own != null && isCallerName(own)) return own
  if (session !== undefined) return session
  const id = metadata?.['user_id']
  const told = typeof id === 'string' ? claudeCodeUser(id).session : undefined
  return told !== undefined && isCallerName(told) ? told : undefined
}

const isNamed = (given: unknown): given is string =>
  typeof given === 'string' && given !== LONG_STRING_MARK && isCallerName(given)
