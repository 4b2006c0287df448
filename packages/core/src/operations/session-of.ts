import { isCallerName } from '../wire/caller-name.ts'
import { claudeCodeUser } from '../wire/claude-code-user.ts'
import type { Call } from './call.ts'

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
