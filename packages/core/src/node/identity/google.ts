import { createSign } from 'node:crypto'
import type { IdentitySettings } from '../../cloud-identity.ts'
import { isRecord, type Json } from '../../json.ts'
import { form, readAccessToken } from './access-token.ts'
import { IdentityError, parsed } from './ask-over.ts'
import type { Lasting } from './expiring.ts'
import { variable, type IdentityWorld } from './identity-world.ts'

const WHO = 'Google'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const STS_URL = 'https://sts.googleapis.com/v1/token'
const METADATA_HOST = 'metadata.google.internal'

/**
 * A token for Google Cloud: of the file that is named, else of the machine by its metadata server.
 *
 * https://google.aip.dev/auth/4110
 */
export async function googleToken(settings: IdentitySettings, world: IdentityWorld): Promise<Lasting<string>> {
  const path = settings.credentials_file ?? variable(world, 'GOOGLE_APPLICATION_CREDENTIALS')
  if (path === undefined) return ofMachine(world)
  const file = parsed(await world.readFile(path))
  const kind = String(file['type'])
  const flow = Object.hasOwn(flows, kind) ? flows[kind] : undefined
  if (flow === undefined)
    throw new IdentityError(
      `${WHO} cannot be asked: a credentials file must be of type ${Object.keys(flows).join(', ')}`,
    )
  return flow(file, world)
}

type Flow = (file: Json, world: IdentityWorld) => Promise<Lasting<string>>

const flows: Readonly<Record<string, Flow>> = {
  service_account: ofServiceAccount,
  external_account: ofExternalAccount,
  authorized_user: ofUser,
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
async function ofServiceAccount(file: Json, world: IdentityWorld): Promise<Lasting<string>> {
  const [email, key] = textsOf(file, 'client_email', 'private_key')
  const url = typeof file['token_uri'] === 'string' ? file['token_uri'] : TOKEN_URL
  const at = Math.floor(world.clock.now() / 1000)
  const claims = { iss: email, scope: SCOPE, aud: url, iat: at, exp: at + 3600 }
  const header = {
    alg: 'RS256',
    typ: 'JWT',
    ...(typeof file['private_key_id'] === 'string' && { kid: file['private_key_id'] }),
  }
  const said = `${base64url(header)}.${base64url(claims)}`
  const assertion = `${said}.${signed(said, key)}`
  const fields = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  return readAccessToken(WHO, await world.ask(WHO, url, { method: 'POST', ...form(fields) }))
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(text: string, key: string): string {
  try {
    return createSign('RSA-SHA256').update(text).sign(key, 'base64url')
  } catch {
    // What OpenSSL says of a key may repeat it.
    throw new IdentityError(`${WHO} cannot be asked: the private_key of the credentials file is none`)
  }
}

/** What a person has signed in as, by gcloud: good for trying it out. */
async function ofUser(file: Json, world: IdentityWorld): Promise<Lasting<string>> {
  const [id, secret, refresh] = textsOf(file, 'client_id', 'client_secret', 'refresh_token')
  const fields = { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: refresh }
  return readAccessToken(WHO, await world.ask(WHO, TOKEN_URL, { method: 'POST', ...form(fields) }))
}

/**
 * Workload identity federation: a token of somebody else's for one of Google's, and that, where the file says so, for one of a
 * service account.
 *
 * https://google.aip.dev/auth/4117
 */
async function ofExternalAccount(file: Json, world: IdentityWorld): Promise<Lasting<string>> {
  const [audience, tokenType] = textsOf(file, 'audience', 'subject_token_type')
  const body = {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope: SCOPE,
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    subjectToken: await subjectToken(file['credential_source'], world),
    subjectTokenType: tokenType,
  }
  const url = typeof file['token_url'] === 'string' ? file['token_url'] : STS_URL
  const exchanged = readAccessToken(WHO, await world.ask(WHO, url, postOf(body)))
  const impersonated = file['service_account_impersonation_url']
  if (typeof impersonated !== 'string') return exchanged
  const asked = postOf({ scope: [SCOPE] }, { authorization: `Bearer ${exchanged.value}` })
  const { accessToken, expireTime } = parsed(await world.ask(WHO, impersonated, asked))
  const lifetimeMs = Date.parse(String(expireTime)) - world.clock.now()
  if (typeof accessToken !== 'string')
    throw new IdentityError(`${WHO} gave no credential: its answer has no accessToken`)
  return { value: accessToken, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : exchanged.lifetimeMs }
}

const postOf = (body: object, headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** Where somebody else's token is: in a file, or at an address that the file of credentials names. */
async function subjectToken(source: unknown, world: IdentityWorld): Promise<string> {
  if (!isRecord(source) || 'environment_id' in source || 'executable' in source)
    throw new IdentityError(`${WHO} cannot be asked: a federated identity must have its token in a file, or at a url`)
  const { file, url, headers, format } = source
  const more = isRecord(headers)
    ? Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
    : []
  const text =
    typeof file === 'string'
      ? await world.readFile(file)
      : await world.ask('The source of the federated identity', String(url), { headers: Object.fromEntries(more) })
  const field = isRecord(format) && format['type'] === 'json' ? String(format['subject_token_field_name']) : undefined
  const token = field === undefined ? text.trim() : parsed(text)[field]
  if (typeof token === 'string' && token !== '') return token
  throw new IdentityError(`${WHO} cannot be asked: the federated identity has no token where its file says`)
}

/** https://cloud.google.com/compute/docs/access/authenticate-workloads#curl */
async function ofMachine(world: IdentityWorld): Promise<Lasting<string>> {
  const host = variable(world, 'GCE_METADATA_HOST') ?? METADATA_HOST
  const who = "Google's metadata server"
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`
  return readAccessToken(who, await world.ask(who, url, { headers: { 'metadata-flavor': 'Google' } }))
}

function textsOf<const Names extends readonly string[]>(file: Json, ...names: Names): { [At in keyof Names]: string } {
  const missing = names.filter((name) => typeof file[name] !== 'string')
  if (missing.length > 0)
    throw new IdentityError(`${WHO} cannot be asked: the credentials file has no ${missing.join(', ')}`)
  return names.map((name) => String(file[name])) as { [At in keyof Names]: string }
}
