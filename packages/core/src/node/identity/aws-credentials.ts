import type { IdentitySettings } from '../../cloud-identity.ts'
import { isRecord } from '../../json.ts'
import { IdentityError, parsed } from './ask-over.ts'
import type { Lasting } from './expiring.ts'
import { variable, type IdentityWorld } from './identity-world.ts'

/** What AWS's requests are signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

const IMDS = 'http://169.254.169.254/latest'
const CONTAINERS = 'http://169.254.170.2'

/**
 * The key of a user, or the one of a role for a time, looked for in the order of AWS's own tools: as configured, in the environment, by
 * a token of somebody else's for a role, of the container, of the machine.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export function awsCredentials(settings: IdentitySettings, world: IdentityWorld): Promise<Lasting<AwsCredentials>> {
  const { access_key_id: id, secret_access_key: secret, session_token: token } = settings
  if (id !== undefined && secret !== undefined) return Promise.resolve(lastingKey(id, secret, token))
  const ownId = variable(world, 'AWS_ACCESS_KEY_ID')
  const ownSecret = variable(world, 'AWS_SECRET_ACCESS_KEY')
  if (ownId !== undefined && ownSecret !== undefined)
    return Promise.resolve(lastingKey(ownId, ownSecret, variable(world, 'AWS_SESSION_TOKEN')))
  const file = variable(world, 'AWS_WEB_IDENTITY_TOKEN_FILE')
  const role = variable(world, 'AWS_ROLE_ARN')
  if (file !== undefined && role !== undefined) return ofWebIdentity(file, role, world)
  const container = containerAddress(world)
  return container === undefined ? ofMachine(world) : ofContainer(container, world)
}

const lastingKey = (accessKeyId: string, secretAccessKey: string, sessionToken?: string): Lasting<AwsCredentials> => ({
  value: { accessKeyId, secretAccessKey, sessionToken },
  lifetimeMs: Infinity,
})

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
async function ofWebIdentity(file: string, role: string, world: IdentityWorld): Promise<Lasting<AwsCredentials>> {
  const region = variable(world, 'AWS_REGION', 'AWS_DEFAULT_REGION')
  const url = region === undefined ? 'https://sts.amazonaws.com/' : `https://sts.${region}.amazonaws.com/`
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: variable(world, 'AWS_ROLE_SESSION_NAME') ?? 'speka',
    WebIdentityToken: (await world.readFile(file)).trim(),
  }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const text = await world.ask('AWS STS', url, { method: 'POST', headers, body })
  return readCredentials('AWS STS', credentialsIn(text), world)
}

/** In JSON, which it was asked for, or in XML all the same. */
function credentialsIn(text: string): Readonly<Record<string, unknown>> {
  if (text.trimStart().startsWith('{')) {
    let value: unknown = parsed(text)
    for (const name of ['AssumeRoleWithWebIdentityResponse', 'AssumeRoleWithWebIdentityResult', 'Credentials'])
      value = isRecord(value) ? value[name] : undefined
    return isRecord(value) ? value : {}
  }
  const fields = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration']
  return Object.fromEntries(fields.map((name) => [name, new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1]]))
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
function containerAddress(world: IdentityWorld): string | undefined {
  const relative = variable(world, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
  return relative === undefined ? variable(world, 'AWS_CONTAINER_CREDENTIALS_FULL_URI') : `${CONTAINERS}${relative}`
}

async function ofContainer(url: string, world: IdentityWorld): Promise<Lasting<AwsCredentials>> {
  const file = variable(world, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  const token =
    file === undefined ? variable(world, 'AWS_CONTAINER_AUTHORIZATION_TOKEN') : (await world.readFile(file)).trim()
  const who = "AWS's container credentials"
  const text = await world.ask(who, url, token === undefined ? {} : { headers: { authorization: token } })
  return readCredentials(who, parsed(text), world)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
async function ofMachine(world: IdentityWorld): Promise<Lasting<AwsCredentials>> {
  const who = "AWS's instance metadata"
  const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' }
  const token = (await world.ask(who, `${IMDS}/api/token`, { method: 'PUT', headers: ttl, body: '' })).trim()
  const headers = { 'x-aws-ec2-metadata-token': token }
  const roles = `${IMDS}/meta-data/iam/security-credentials/`
  const role = (await world.ask(who, roles, { headers })).trim().split('\n')[0] ?? ''
  const text = await world.ask(who, roles + encodeURIComponent(role), { headers })
  return readCredentials(who, parsed(text), world)
}

function readCredentials(
  who: string,
  { AccessKeyId: id, SecretAccessKey: secret, SessionToken, Token, Expiration: end }: Readonly<Record<string, unknown>>,
  { clock }: IdentityWorld,
): Lasting<AwsCredentials> {
  const token = SessionToken ?? Token
  if (typeof id !== 'string' || typeof secret !== 'string' || typeof token !== 'string')
    throw new IdentityError(`${who} gave no credential: its answer has no keys`)
  // In seconds, or as a date.
  const endMs = typeof end === 'number' ? end * 1000 : Date.parse(String(end))
  const lifetimeMs = endMs - clock.now()
  return {
    value: { accessKeyId: id, secretAccessKey: secret, sessionToken: token },
    lifetimeMs: lifetimeMs > 0 ? lifetimeMs : 0,
  }
}
