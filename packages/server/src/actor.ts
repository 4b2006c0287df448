/** What a member, or a token, may be to an account. */
export const accountRoles = ['owner', 'admin', 'billing', 'member', 'viewer'] as const

/** What a member is to an account. */
export type AccountRole = (typeof accountRoles)[number]

/** Who acts, and how he came in. What is done through the server's operations is done on somebody's word. */
export type Actor =
  /** Who runs the gateway: at its machine, with the admin token, with a token of his, or by what he has said of payments. */
  | { readonly kind: 'operator'; readonly by: 'cli' | 'admin_token' | 'payments' | TokenId }
  /** Who holds a token of an account that calls the gateway. */
  | { readonly kind: 'account'; readonly account: string; readonly role: AccountRole; readonly by: TokenId }

/** The id of a token of the management API. */
export type TokenId = `tok_${string}`

/** How the audit calls whoever acts. */
export const actorName = (actor: Actor): string =>
  actor.kind === 'operator' && !actor.by.startsWith('tok_') ? `operator:${actor.by}` : actor.by
