/** What a member, or a token, may be to an account. */
export const accountRoles = ['owner', 'admin', 'billing', 'member', 'viewer'] as const

/** What a member is to an account. */
export type AccountRole = (typeof accountRoles)[number]

/** Who acts, and how he came in. What is done through the server's operations is done on somebody's word. */
export type Actor =
  /** Who runs the gateway: at its machine, with the admin token, with a token of his, signed in, or by what he has said of payments. */
  | { readonly kind: 'operator'; readonly by: 'cli' | 'admin_token' | 'payments' | TokenId | SessionId }
  /** Who holds a token of an account that calls the gateway, or is signed in as a member of it. */
  | {
      readonly kind: 'account'
      readonly account: string
      readonly role: AccountRole
      readonly by: TokenId | SessionId
      /** The id of the member who is signed in; a token is nobody's in particular. */
      readonly member?: string | undefined
    }

/** The id of a token of the management API. */
export type TokenId = `tok_${string}`

/** The id of a session: somebody who has signed in, until he signs out. */
export type SessionId = `ses_${string}`

export const isSessionId = (id: string): id is SessionId => id.startsWith('ses_')

/** How the audit calls whoever acts: a member by his own id, whichever of his sessions it was. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'account') return actor.member ?? actor.by
  return actor.by.startsWith('tok_') ? actor.by : `operator:${actor.by}`
}
