import { createVerify, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudIdentity } from '../../cloud-identity.ts'
import { createFakeClock } from '../../sandbox/clock.fake.ts'
import type { Exchange, Transport, TransportFailure } from '../../transport.ts'
import { cloudOf, type Asked, type Said } from './cloud.fake.ts'
import { withIdentities } from './with-identities.ts'

const UPSTREAM = 'https://up.example'
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.a-token-that-must-not-be-told.signature'

const folder = mkdtempSync(join(tmpdir(), 'speka-identity-'))
function fileOf(content: string | object): string {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

interface Heard {
  status?: number
  body: string
  failure?: TransportFailure
}

/** Sends one request to the upstream as somebody. */
function ask(transport: Transport, identity: CloudIdentity | undefined): { heard: Promise<Heard>; exchange: Exchange } {
  const heard: Heard = { body: '' }
  let exchange: Exchange | undefined
  const over = new Promise<Heard>((resolve) => {
    exchange = transport.send(
      { id: 'up', origin: UPSTREAM, credential: identity === undefined ? 'key' : '', identity },
      { method: 'POST', path: '/chat', headers: { 'content-type': 'application/json' }, body: [Buffer.from('{}')] },
      {
        head(status) {
          heard.status = status
        },
        data(chunk) {
          heard.body += Buffer.from(chunk).toString()
        },
        end: () => resolve(heard),
        fail(failure) {
          heard.failure = failure
          resolve(heard)
        },
      },
    )
  })
  if (exchange === undefined) throw new Error('nothing was sent')
  return { heard: over, exchange }
}

const given: Said = { body: { access_token: TOKEN, expires_in: 3599, token_type: 'Bearer' } }

/** A world in which every service of tokens gives one, and what it was asked; the upstream answers. */
function world(
  variables: Record<string, string> = {},
  token: (asked: Asked) => Said | undefined = () => given,
  answer: Said = { body: 'answer' },
) {
  const cloud = cloudOf((asked) => (asked.url.startsWith(UPSTREAM) ? answer : token(asked)))
  const clock = createFakeClock()
  return { cloud, clock, transport: withIdentities(cloud, variables, clock) }
}

const azure = (settings: CloudIdentity['settings'] = {}): CloudIdentity => ({ cloud: 'azure', settings })
const google = (settings: CloudIdentity['settings'] = {}): CloudIdentity => ({ cloud: 'google', settings })

const application = azure({ tenant_id: 'acme', client_id: 'gateway', client_secret: 'a secret' })

const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

const fieldsOf = ({ body }: Asked): Record<string, string> => Object.fromEntries(new URLSearchParams(body))

describe('an upstream', () => {
  test('with a key is sent it, and nobody is asked', async () => {
    const { cloud, transport } = world()
    await ask(transport, undefined).heard
    expect(cloud.asked).toMatchObject([{ url: `${UPSTREAM}/chat`, headers: { credential: 'key' } }])
  })

  test('with an identity is shown its token', async () => {
    const { cloud, transport } = world()
    expect(await ask(transport, application).heard).toEqual({ status: 200, body: 'answer' })
    expect(cloud.asked.at(-1)).toMatchObject({
      url: `${UPSTREAM}/chat`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: '{}',
    })
  })

  test('is asked by many at once for one token, also of a configuration that was loaded anew', async () => {
    const { cloud, transport } = world()
    await Promise.all([application, application, structuredClone(application)].map((who) => ask(transport, who).heard))
    expect(cloud.asked.filter(({ url }) => !url.startsWith(UPSTREAM))).toHaveLength(1)
  })

  test('that refuses a token is shown another the next time', async () => {
    const { cloud, clock, transport } = world({}, () => given, { status: 401, body: 'no' })
    await ask(transport, application).heard
    await clock.advance(60_000)
    await ask(transport, application).heard
    await ask(transport, application).heard
    expect(cloud.asked.filter(({ url }) => !url.startsWith(UPSTREAM))).toHaveLength(2)
  })

  test('that repeats a token in its refusal is not quoted with it', async () => {
    const { transport } = world({}, () => given, { status: 400, body: `{"message":"Bad: Bearer ${TOKEN}"}` })
    expect((await ask(transport, application).heard).body).toBe('{"message":"Bad: Bearer [redacted]"}')
  })
})

describe('without a token', () => {
  test('nothing is sent, and what is told has no secret in it', async () => {
    const refusal = { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid secret "a secret".' }
    const { cloud, transport } = world({}, () => ({ status: 401, body: refusal }))
    const { failure } = await ask(transport, application).heard
    expect(failure).toMatchObject({ kind: 'no_credential', sent: false })
    expect(String(failure?.cause)).toBe(
      'IdentityError: Microsoft Entra ID gave no credential: status 401, invalid_client AADSTS7000215',
    )
    expect(cloud.asked).toHaveLength(1)
  })

  test.each<[string, Said, string]>([
    ['an answer that has none', { body: '{}' }, 'its answer has no access_token'],
    ['a token with a line break', { body: { access_token: 'a\r\nb: c' } }, 'its answer has no access_token'],
    ['a page', { body: '<html>' }, 'its answer has no access_token'],
    ['a flood', { body: 'x'.repeat(300_000) }, 'it said too much'],
  ])('%s is none', async (_, said, why) => {
    const { transport } = world({}, () => said)
    const { failure } = await ask(transport, application).heard
    expect(String(failure?.cause)).toContain(why)
  })

  test('who waits is told after five seconds', async () => {
    const { clock, transport } = world({}, () => undefined)
    const { heard } = ask(transport, application)
    await clock.advance(5000)
    expect(String((await heard).failure?.cause)).toContain('it did not answer in time')
    expect(clock.pending()).toBe(0)
  })

  test('who leaves is let go at once, and nothing is sent', async () => {
    const { cloud, transport } = world({}, () => undefined)
    const { heard, exchange } = ask(transport, application)
    exchange.abort()
    exchange.abort()
    expect((await heard).failure).toMatchObject({ kind: 'aborted', sent: false })
    expect(cloud.asked.filter(({ url }) => url.startsWith(UPSTREAM))).toEqual([])
  })
})

describe('Entra ID', () => {
  test('is asked by an application with its secret', async () => {
    const { cloud, transport } = world()
    await ask(transport, application).heard
    expect(cloud.asked[0]).toMatchObject({
      method: 'POST',
      url: 'https://login.microsoftonline.com/acme/oauth2/v2.0/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(fieldsOf(cloud.asked[0] as Asked)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'gateway',
      client_secret: 'a secret',
      scope: 'https://cognitiveservices.azure.com/.default',
    })
  })

  test('is asked by a workload with the token that it has in a file', async () => {
    const { cloud, transport } = world({
      AZURE_TENANT_ID: 'acme',
      AZURE_CLIENT_ID: 'gateway',
      AZURE_FEDERATED_TOKEN_FILE: fileOf('a.b.c\n'),
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/',
    })
    await ask(transport, azure()).heard
    expect(cloud.asked[0]?.url).toBe('https://login.microsoftonline.us/acme/oauth2/v2.0/token')
    expect(fieldsOf(cloud.asked[0] as Asked)).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'a.b.c',
    })
  })

  test('gives a machine a token by its managed identity', async () => {
    const { cloud, transport } = world()
    await ask(transport, azure()).heard
    expect(cloud.asked[0]).toMatchObject({
      method: 'GET',
      url: 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com',
      headers: { metadata: 'true' },
    })
  })

  test('gives an app service one where it says', async () => {
    const { cloud, transport } = world({ IDENTITY_ENDPOINT: 'http://127.0.0.1:41/token', IDENTITY_HEADER: 'h' })
    await ask(transport, azure({ client_id: 'other' })).heard
    expect(cloud.asked[0]).toMatchObject({
      url: 'http://127.0.0.1:41/token?api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=other',
      headers: { 'x-identity-header': 'h' },
    })
  })

  test('is not asked without a tenant', async () => {
    const { transport } = world()
    const { failure } = await ask(transport, azure({ client_secret: 'x' })).heard
    expect(String(failure?.cause)).toContain('set tenant_id and client_id, or AZURE_TENANT_ID and AZURE_CLIENT_ID')
  })
})

describe('Google', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const account = {
    type: 'service_account',
    client_email: 'gateway@acme.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'https://oauth2.googleapis.com/token',
  }

  test('is asked by a service account with what it has signed', async () => {
    const { cloud, clock, transport } = world()
    await ask(transport, google({ credentials_file: fileOf(account) })).heard
    expect(cloud.asked[0]).toMatchObject({ method: 'POST', url: 'https://oauth2.googleapis.com/token' })
    const { grant_type, assertion = '' } = fieldsOf(cloud.asked[0] as Asked)
    expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const [header = '', claims = '', signature = ''] = assertion.split('.')
    expect(parse(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
    const at = clock.now() / 1000
    expect(parse(claims)).toEqual({
      iss: 'gateway@acme.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: 'https://oauth2.googleapis.com/token',
      iat: at,
      exp: at + 3600,
    })
    const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`)
    expect(verify.verify(publicKey, signature, 'base64url')).toBe(true)
  })

  test('is asked by the file that the environment names', async () => {
    const { cloud, transport } = world({ GOOGLE_APPLICATION_CREDENTIALS: fileOf(account) })
    await ask(transport, google()).heard
    expect(cloud.asked[0]?.url).toBe('https://oauth2.googleapis.com/token')
  })

  test('gives a machine a token by its metadata server', async () => {
    const { cloud, transport } = world()
    await ask(transport, google()).heard
    expect(cloud.asked[0]).toMatchObject({
      method: 'GET',
      url: 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token',
      headers: { 'metadata-flavor': 'Google' },
    })
  })

  test('exchanges the token of somebody else, and that for one of a service account', async () => {
    const impersonation = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/g:generateAccessToken'
    const { cloud, transport } = world({}, ({ url }) =>
      url === impersonation
        ? { body: { accessToken: 'of the account', expireTime: '2026-01-01T01:00:00Z' } }
        : { body: { access_token: 'federated', expires_in: 3600 } },
    )
    const file = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      service_account_impersonation_url: impersonation,
      credential_source: {
        file: fileOf({ id_token: 'theirs' }),
        format: { type: 'json', subject_token_field_name: 'id_token' },
      },
    }
    await ask(transport, google({ credentials_file: fileOf(file) })).heard
    const [exchanged, impersonated, asked] = cloud.asked
    expect(exchanged?.url).toBe('https://sts.googleapis.com/v1/token')
    expect(JSON.parse(exchanged?.body ?? '')).toMatchObject({
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: file.audience,
      subjectToken: 'theirs',
      subjectTokenType: file.subject_token_type,
    })
    expect(impersonated).toMatchObject({ url: impersonation, headers: { authorization: 'Bearer federated' } })
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer of the account' })
  })

  test.each<[string, object | string, string]>([
    ['of no type that is known', { type: 'external_account_authorized_user' }, 'must be of type service_account'],
    ['without a key', { ...account, private_key: undefined }, 'has no private_key'],
    [
      'with a key that is none',
      { ...account, private_key: 'a-secret' },
      'the private_key of the credentials file is none',
    ],
    [
      'that has a program run',
      { type: 'external_account', audience: 'a', subject_token_type: 't', credential_source: { executable: {} } },
      'must have its token in a file, or at a url',
    ],
    ['that is no JSON', 'a-secret', 'must be of type service_account'],
  ])('is not asked by a file %s', async (_, content, why) => {
    const { cloud, transport } = world()
    const { failure } = await ask(transport, google({ credentials_file: fileOf(content) })).heard
    expect(String(failure?.cause)).toContain(why)
    expect(String(failure?.cause)).not.toContain('a-secret')
    expect(cloud.asked).toEqual([])
  })
})
