import { z } from 'zod'
import { accountRoles, type AccountRole } from '../actor.ts'
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

/** Where people of a company sign in, and what their groups make of them here. */
export interface OidcProvider {
  /** Part of its address, and what the link says. */
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Which group makes somebody what. Of several the highest counts. */
  readonly roles: ReadonlyMap<string, AccountRole>
  /** The account whose members they are. */
  readonly account: string
  /** The claim that holds the groups. */
  readonly groupsClaim: string
  /** Whoever is in it runs the gateway. `undefined`: nobody does by this provider. */
  readonly operatorGroup: string | undefined
}

/** What the groups of a company's directory make of its people, in one account. */
export interface DirectoryMapping {
  readonly account: string
  /** Which group, by its name or its id there, makes somebody what. Of several the highest counts. */
  readonly roles: ReadonlyMap<string, AccountRole>
  /** What somebody is who is in no such group. */
  readonly defaultRole: AccountRole
}

/** By what people and programs are known that have no key of the gateway's. */
export interface Identity {
  readonly callers: readonly CallerIssuer[]
  readonly oidc: readonly OidcProvider[]
  /** The accounts whose members a directory may push, by SCIM. */
  readonly scim: readonly DirectoryMapping[]
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whoever can change what an issuer says on its way can be anybody. */
const isSafeUrl = (text: string): boolean => {
  if (!isHttpUrl(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}

const issuerUrl = z
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

const oidcProvider = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,40}$/, {
    error: 'must be a name of letters, digits, ".", "-" and "_", since it is part of an address',
  }),
  issuer: issuerUrl,
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  roles: z.record(z.string().min(1), z.enum(accountRoles, { error: `must be one of ${accountRoles.join(', ')}` })),
  account: z.string().min(1).optional(),
  groups_claim: claim.optional(),
  operator_group: z.string().min(1).optional(),
})

const role = z.enum(accountRoles, { error: `must be one of ${accountRoles.join(', ')}` })

const directory = z.strictObject({
  account: z.string().min(1).optional(),
  roles: z.record(z.string().min(1), role).optional(),
  default_role: role.optional(),
})

export const identity = z.strictObject({
  /** The accounts whose members a directory may push. */
  scim: z.array(directory).superRefine(eachAccountOnce).optional(),
  /** Where people sign in to the console. */
  oidc: z.array(oidcProvider).superRefine(eachNameOnce).optional(),
  /** Issuers whose tokens are credentials of `/v1`. */
  callers: z.array(caller).optional(),
})

/** The section as the server goes by it. */
export const identityOf = ({ callers = [], oidc = [], scim = [] }: z.infer<typeof identity> = {}): Identity => ({
  oidc: oidc.map((said) => ({
    name: said.name,
    issuer: said.issuer,
    clientId: said.client_id,
    clientSecret: said.client_secret,
    roles: new Map(Object.entries(said.roles)),
    account: said.account ?? 'default',
    groupsClaim: said.groups_claim ?? 'groups',
    operatorGroup: said.operator_group,
  })),
  scim: scim.map(({ account = 'default', roles = {}, default_role: defaultRole = 'viewer' }) => ({
    account,
    roles: new Map(Object.entries(roles)),
    defaultRole,
  })),
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

/** A way in, as a page shows it. */
export interface SignInLink {
  readonly name: string
  readonly href: string
}

/** Where members sign in by each provider. */
export const oidcLinks = ({ identity: { oidc } }: { readonly identity: Pick<Identity, 'oidc'> }): SignInLink[] =>
  oidc.map(({ name }) => ({ name, href: `/auth/oidc/${encodeURIComponent(name)}` }))

/** Where the operator signs in by each that has a group for that. */
export const operatorLinks = ({ identity: { oidc } }: { readonly identity: Pick<Identity, 'oidc'> }): SignInLink[] =>
  oidcLinks({ identity: { oidc: oidc.filter(({ operatorGroup }) => operatorGroup !== undefined) } })

function eachAccountOnce(said: readonly { account?: string | undefined }[], context: z.RefinementCtx): void {
  for (const [index, { account = 'default' }] of said.entries()) {
    const first = said.findIndex((other) => (other.account ?? 'default') === account)
    if (first !== index)
      context.addIssue({ code: 'custom', path: [index, 'account'], message: `is the same as scim[${first}].account` })
  }
}

function eachNameOnce(providers: readonly { name: string }[], context: z.RefinementCtx): void {
  for (const [index, { name }] of providers.entries()) {
    const first = providers.findIndex((other) => other.name === name)
    if (first !== index)
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `is the same as oidc[${first}].name` })
  }
}
