/** Who acts, and how he came in. What is done through the server's operations is done on somebody's word. */
export type Actor =
  /** Who runs the gateway: at its machine, or with the admin token. */
  | { readonly kind: 'operator'; readonly by: 'cli' | 'admin_token' }
  /** A member of an account that calls the gateway. */
  | { readonly kind: 'account'; readonly account: string; readonly role: AccountRole }

/** What a member is to an account. */
export type AccountRole = 'owner' | 'member'
