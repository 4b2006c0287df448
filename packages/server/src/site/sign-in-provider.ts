import type { OidcProvider } from '../config/identity-schema.ts'

/** What has to come back from a provider as it was sent there. */
export interface BegunSignIn {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** PKCE's secret. RFC 7636. */
  readonly verifier: string
}

/** Whom a provider vouches for. */
export interface Person {
  readonly subject: string
  /** An address that the provider does not say to be unverified. */
  readonly email: string | undefined
  readonly groups: readonly string[]
}

/** Where people of a company sign in. */
export interface SignInProvider {
  readonly settings: OidcProvider
  /** Where to send a browser, and what has to be remembered until it is back. @throws SpekaError `identity_unavailable` */
  begin(redirectUri: string): Promise<{ url: string; begun: BegunSignIn }>
  /**
   * Who has come back.
   *
   * @param query what the provider has sent along.
   * @throws SpekaError `invalid_request`, `permission_denied`, `identity_unavailable`
   */
  finish(query: URLSearchParams, begun: BegunSignIn): Promise<Person>
}

/** Finds a provider by its name, as the configuration is now. */
export type SignInProviders = (name: string) => SignInProvider | undefined
