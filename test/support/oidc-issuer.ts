import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider, type Configuration } from 'oidc-provider'

/** Somebody whom an issuer knows. */
export interface IssuerUser {
  readonly email?: string
  readonly email_verified?: boolean
  readonly groups?: readonly string[]
}

/** A real OpenID provider on this machine, at which whoever comes is signed in at once as `user`. */
export interface OidcIssuer {
  readonly issuer: string
  /** Who signs in next: the `sub`, and what is known of him. */
  user: { sub: string } & IssuerUser
  /** Whether somebody who comes presses "cancel". */
  cancels: boolean
  close(): Promise<void>
}

export const CLIENT = { id: 'speka', secret: 'a-secret-of-the-client-for-tests' }
/** What access tokens are for that are JWTs. */
export const RESOURCE = 'https://llm.example.com'

const signingKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'first' }
}

/** @param redirectUris where it may send people back to. */
export async function startOidcIssuer(redirectUris: readonly string[], more: Configuration = {}): Promise<OidcIssuer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const known = new Map<string, IssuerUser>()
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [...redirectUris],
        grant_types: ['authorization_code', 'client_credentials'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [await signingKey()] },
    cookies: { keys: ['for tests'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'], profile: ['name'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        getResourceServerInfo: () => ({
          scope: 'llm',
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
        }),
      },
    },
    extraTokenClaims: () => ({ account: 'default' }),
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 3600, ClientCredentials: 600 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...known.get(sub) }) }),
    ...more,
  })
  const made: OidcIssuer = {
    issuer,
    user: { sub: 'ann' },
    cancels: false,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
    const act = async (): Promise<void> => {
      const { params } = await provider.interactionDetails(request, response)
      if (made.cancels) return provider.interactionFinished(request, response, { error: 'access_denied' })
      const { sub, ...user } = made.user
      known.set(sub, user)
      const grant = new provider.Grant({ accountId: sub, clientId: String(params['client_id']) })
      grant.addOIDCScope(String(params['scope']))
      return provider.interactionFinished(request, response, {
        login: { accountId: sub, remember: false },
        consent: { grantId: await grant.save() },
      })
    }
    act().catch((error: Error) => {
      response.statusCode = 500
      response.end(error.message)
    })
  })
  return made
}
