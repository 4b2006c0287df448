import type * as Client from 'openid-client'
import { SpekaError } from '@speka/core'
import type { OidcProvider } from '../../config/identity-schema.ts'
import { SettingsError } from '../../config/settings.ts'
import type { BegunSignIn, Person, SignInProvider, SignInProviders } from '../../site/sign-in-provider.ts'
import { claimIn } from '../callers/find-caller.ts'
import { IssuerUnreachable, type AskIssuer } from '../fetch-over.ts'

/** The version of openid-client that this was written for. */
const MAJOR = 6
/** For how long what a provider says of itself is believed, in ms. */
const FRESH_MS = 3_600_000

export interface ProvidersOptions {
  /** The providers as the configuration has them now. */
  readonly configured: () => readonly OidcProvider[]
  readonly ask: AskIssuer
  /** The time in ms since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
  /** Loads what speaks with them. Default: openid-client */
  readonly load?: (() => Promise<typeof Client>) | undefined
}

/** The providers of a configuration. Nobody is asked anything before somebody signs in. */
export interface OpenProviders {
  readonly find: SignInProviders
  /** @throws SettingsError when providers are configured, and what speaks with them is not installed. */
  check(): Promise<void>
}

export function openProviders({
  configured,
  ask,
  now = Date.now,
  load = () => import('openid-client'),
}: ProvidersOptions): OpenProviders {
  const known = new WeakMap<OidcProvider, SignInProvider>()
  return {
    find(name) {
      const settings = configured().find((one) => one.name === name)
      if (settings === undefined) return undefined
      const provider = known.get(settings) ?? new Provider(settings, { ask, now, load })
      known.set(settings, provider)
      return provider
    },
    async check() {
      if (configured().length === 0) return
      await load().catch((cause: unknown) => {
        throw new SettingsError(
          `identity.oidc is configured, and what speaks with providers is not installed. Install it beside @speka/server: npm install openid-client@${MAJOR} jose@6`,
          { cause },
        )
      })
    },
  }
}

/** What a provider is spoken with. */
interface World {
  readonly ask: AskIssuer
  readonly now: () => number
  readonly load: () => Promise<typeof Client>
}

class Provider implements SignInProvider {
  readonly settings: OidcProvider
  readonly #world: World
  #discovered: { readonly at: number; readonly config: Client.Configuration } | undefined

  constructor(settings: OidcProvider, world: World) {
    this.settings = settings
    this.#world = world
  }

  async begin(redirectUri: string): Promise<{ url: string; begun: BegunSignIn }> {
    const client = await this.#world.load()
    const config = await this.#configuration(client)
    const verifier = client.randomPKCECodeVerifier()
    const begun = { redirectUri, state: client.randomState(), nonce: client.randomNonce(), verifier }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: scopeOf(config),
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, begun }
  }

  async finish(query: URLSearchParams, begun: BegunSignIn): Promise<Person> {
    const client = await this.#world.load()
    const config = await this.#configuration(client)
    const back = new URL(begun.redirectUri)
    back.search = query.toString()
    try {
      const tokens = await client.authorizationCodeGrant(config, back, {
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        pkceCodeVerifier: begun.verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined)
        throw new SpekaError('invalid_request', `${this.settings.name} has not said who you are.`)
      const isComplete = claimIn(claims, this.settings.groupsClaim) !== undefined && claims['email'] !== undefined
      if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return this.#personOf(claims)
      // Some say it there alone.
      const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      return this.#personOf({ ...more, ...claims })
    } catch (error) {
      throw SpekaError.is(error) ? error : this.#trouble(error, client)
    }
  }

  #personOf(claims: Readonly<Record<string, unknown>>): Person {
    const { sub, email, email_verified: isVerified } = claims
    const said = claimIn(claims, this.settings.groupsClaim)
    const groups = typeof said === 'string' ? [said] : Array.isArray(said) ? said : []
    return {
      subject: String(sub),
      email: typeof email === 'string' && isVerified !== false ? email : undefined,
      groups: groups.filter((group) => typeof group === 'string'),
    }
  }

  async #configuration(client: typeof Client): Promise<Client.Configuration> {
    const { ask, now } = this.#world
    const at = now()
    if (this.#discovered !== undefined && at - this.#discovered.at < FRESH_MS) return this.#discovered.config
    const { issuer, clientId, clientSecret } = this.settings
    const url = new URL(issuer)
    try {
      const config = await client.discovery(
        url,
        clientId,
        { [client.clockSkew]: Math.round((at - Date.now()) / 1000) },
        (server, ...rest) => {
          const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
          const isBasic = methods.includes('client_secret_basic')
          return (isBasic ? client.ClientSecretBasic : client.ClientSecretPost)(clientSecret)(server, ...rest)
        },
        {
          [client.customFetch]: (to, { method, headers, body, signal }) => ask(to, { method, headers, body, signal }),
          // The schema takes http for an issuer on this machine alone.
          execute: [
            client.enableNonRepudiationChecks,
            ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
          ],
        },
      )
      this.#discovered = { at, config }
      return config
    } catch (error) {
      if (this.#discovered !== undefined) return this.#discovered.config
      throw this.#unavailable(error)
    }
  }

  #unavailable(cause: unknown): SpekaError {
    const { name } = this.settings
    return new SpekaError('identity_unavailable', `${name} does not answer at the moment. Try again in a while.`, {
      cause,
    })
  }

  /** What went wrong, in words for who wanted to sign in. */
  #trouble(error: unknown, client: typeof Client): SpekaError {
    const { name } = this.settings
    if (isUnreachable(error)) return this.#unavailable(error)
    if (error instanceof client.AuthorizationResponseError)
      return new SpekaError('permission_denied', `${name} has not let you in: ${shown(error.error)}.`, { cause: error })
    if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant')
      return new SpekaError('invalid_request', `This sign-in was used already, or has taken too long. Sign in again.`, {
        cause: error,
      })
    const isChallenge = error instanceof client.WWWAuthenticateChallengeError
    if (isChallenge || error instanceof client.ResponseBodyError)
      return new SpekaError(
        'permission_denied',
        `${name} does not take this gateway as one of its clients: ${shown(isChallenge ? 'invalid_client' : error.error)}. Tell whoever runs the gateway.`,
        { cause: error },
      )
    return new SpekaError(
      'invalid_request',
      `What ${name} has sent back does not belong to this sign-in, or its clock is off. Sign in again.`,
      { cause: error },
    )
  }
}

/** What is asked for; groups by a scope of their own where there is one. */
function scopeOf(config: Client.Configuration): string {
  const { scopes_supported: supported = [] } = config.serverMetadata()
  return ['openid', 'email', 'profile', ...(supported.includes('groups') ? ['groups'] : [])].join(' ')
}

function isUnreachable(error: unknown): boolean {
  for (let there: unknown = error; there instanceof Error; there = there.cause)
    if (there instanceof IssuerUnreachable) return true
  return error instanceof Error && error.cause instanceof Response && error.cause.status >= 500
}

/** A code such as `access_denied`, and nothing that somebody made up. */
const shown = (code: string): string => (/^[a-z_]{1,40}$/.test(code) ? code : 'it has given no reason')
