import { isRecord } from '../json.ts'

/** Whom a `metadata.user_id` names, and the session that Claude Code puts behind it. */
export interface ClaudeCodeUser {
  readonly user: string
  readonly session?: string | undefined
}

/** How Claude Code joins the two: `user_<hash>_account_<uuid>_session_<uuid>`. */
const JOINED = /^(user_.+)_session_([\w-]+)$/

/**
 * Takes the session out of a `metadata.user_id`: it changes with every conversation, and the user does not. Older releases
 * of Claude Code join both with underscores, newer ones write JSON with a `session_id` in it. Any other text is a user as it is.
 */
export function claudeCodeUser(userId: string): ClaudeCodeUser {
  const [, joined, session] = JOINED.exec(userId) ?? []
  if (joined !== undefined) return { user: joined, session }
  const parts = userId.startsWith('{') ? parsed(userId) : undefined
  if (!isRecord(parts) || typeof parts['session_id'] !== 'string') return { user: userId }
  const { session_id: id, ...rest } = parts
  return { user: JSON.stringify(rest), session: id }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
