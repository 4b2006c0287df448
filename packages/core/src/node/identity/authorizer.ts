import type { CloudIdentity, CloudName } from '../../cloud-identity.ts'
import type { Headers, Upstream, UpstreamRequest } from '../../transport.ts'
import { awsSigner } from './aws-signer.ts'
import { entraToken } from './entra.ts'
import { Expiring, type Lasting } from './expiring.ts'
import { googleToken } from './google.ts'
import type { IdentityWorld } from './identity-world.ts'

/** Turns an identity into what a request carries. */
export interface Authorizer {
  /** The headers that show who asks: at once, where what they are made of is at hand. */
  authorize(to: Upstream, request: UpstreamRequest): Headers | Promise<Headers>
  /** The upstream has refused them, and said so with these headers. */
  refused(said: Headers): void
}

type MakeAuthorizer = (identity: CloudIdentity, world: IdentityWorld) => Authorizer

const makers: Readonly<Record<CloudName, MakeAuthorizer>> = {
  aws: awsSigner,
  azure: ({ settings }, world) => bearer(() => entraToken(settings, world), world),
  google: ({ settings }, world) => bearer(() => googleToken(settings, world), world),
}

/** What authorizes as an identity. */
export const authorizerOf: MakeAuthorizer = (identity, world) => makers[identity.cloud](identity, world)

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const show = (token: string): Headers => ({ authorization: `Bearer ${token}` })

function bearer(fetch: () => Promise<Lasting<string>>, { clock }: IdentityWorld): Authorizer {
  const tokens = new Expiring(fetch, clock)
  return {
    authorize() {
      const token = tokens.get()
      return typeof token === 'string' ? show(token) : token.then(show)
    },
    refused: () => tokens.forget(),
  }
}
