import { z } from 'zod'
import { isHttpUrl } from './http-url.ts'

/** An issuer whose access tokens `/v1` takes, and which of their claims say what. */
export interface CallerIssuer {
  readonly issuer: string
  /** A token has to be for one of them. */
  readonly audiences: readonly string[]
  /** The account that pays: named by a claim of the token, or the same for all. */
  readonly account: { readonly claim: string } | { readonly id: string }
  /** Names of claims. `undefined`: tokens say nothing of it. */
  readonly team: string | undefined
  readonly member: string | undefined
  readonly models: string | undefined
  /** Where its keys are. `undefined`: where its discovery document says. */
  readonly jwksUrl: string | undefined
}

/** By what people and programs are known that have no key of the gateway's. */
export interface Identity {
  readonly callers: readonly CallerIssuer[]
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whoever can change what an issuer says on its way can be anybody. */
const isSafeUrl = (text: string): boolean => {
  if (!isHttpUrl(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}

export const issuerUrl = z
  .string()
  .refine(isSafeUrl, { error: 'must be an https URL, such as "https://login.example.com"; http only on this machine' })

const AUDIENCE_RULE = 'must be what the issuer puts into the claim "aud", or a list of such'
const audience = z.string({ error: AUDIENCE_RULE }).min(1, { error: AUDIENCE_RULE })

const claim = z.string().min(1, { error: 'must be the name of a claim, such as "team" or "realm_access.roles"' })

const caller = z
  .strictObject({
    issuer: issuerUrl,
    audience: z.union([audience, z.array(audience).min(1)], { error: AUDIENCE_RULE }),
    account: claim.optional(),
    account_id: z.string().min(1).optional(),
    team: claim.optional(),
    member: claim.optional(),
    models: claim.optional(),
    jwks_url: issuerUrl.optional(),
  })
  .refine(({ account, account_id: id }) => (account === undefined) !== (id === undefined), {
    error: 'needs either account, the claim that holds the id of the account, or account_id, one account for all',
    path: ['account'],
  })

export const identity = z.strictObject({
  /** Issuers whose tokens are credentials of `/v1`. */
  callers: z.array(caller).optional(),
})

/** The section as the server goes by it. */
export const identityOf = ({ callers = [] }: z.infer<typeof identity> = {}): Identity => ({
  callers: callers.map(
    ({ issuer, audience: said, account, account_id: id, team, member, models, jwks_url: jwksUrl }) => ({
      issuer,
      audiences: typeof said === 'string' ? [said] : said,
      account: account === undefined ? { id: id ?? '' } : { claim: account },
      team,
      member,
      models,
      jwksUrl,
    }),
  ),
})
