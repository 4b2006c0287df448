import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudIdentity } from '../../cloud-identity.ts'
import { createFakeClock } from '../../sandbox/clock.fake.ts'
import type { Transport, TransportFailure } from '../../transport.ts'
import { cloudOf, type Asked, type Said } from './cloud.fake.ts'
import { withIdentities } from './with-identities.ts'

const UPSTREAM = 'https://bedrock-runtime.us-east-1.amazonaws.com'
/** Those of AWS's own examples. */
const KEY = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

const user: CloudIdentity = { cloud: 'aws', settings: KEY, region: 'us-east-1' }
const anybody: CloudIdentity = { cloud: 'aws', settings: {}, region: 'us-east-1' }

const folder = mkdtempSync(join(tmpdir(), 'speka-aws-'))
function fileOf(text: string): string {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, text)
  return path
}

const expiration = '2026-01-01T01:00:00Z'
const role = {
  AccessKeyId: 'ASIAROLE',
  SecretAccessKey: 'a-secret-of-the-role',
  Token: 'a-session',
  Expiration: expiration,
}

function world(
  variables: Record<string, string> = {},
  give: (asked: Asked) => Said | undefined = () => ({ body: role }),
  answer: () => Said = () => ({ body: 'answer' }),
) {
  const cloud = cloudOf((asked) => (asked.url.startsWith(UPSTREAM) ? answer() : give(asked)))
  const clock = createFakeClock()
  return { cloud, clock, transport: withIdentities(cloud, variables, clock) }
}

const ask = (transport: Transport, identity: CloudIdentity): Promise<TransportFailure | undefined> =>
  new Promise((resolve) => {
    transport.send(
      { id: 'up', origin: UPSTREAM, credential: '', identity },
      {
        method: 'POST',
        path: '/model/anthropic.claude-haiku-v1%3A0/invoke',
        headers: { 'content-type': 'application/json' },
        body: [Buffer.from('{"a":'), Buffer.from('1}')],
      },
      { head() {}, data() {}, end: () => resolve(undefined), fail: resolve },
    )
  })

describe('a request to AWS', () => {
  test('is signed for its path, its body, the region and the time', async () => {
    const { cloud, transport } = world()
    await ask(transport, user)
    expect(cloud.asked).toMatchObject([
      {
        headers: {
          'x-amz-date': '20260101T000000Z',
          // Reckoned by hand from Amazon's description, with another tool.
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=9bc7ef3c2821d6fdbe6d066ffd64fcc9a3ba2bd66e08f62a33550e109031d743',
        },
      },
    ])
  })

  test('shows whose session it is', async () => {
    const { cloud, transport } = world()
    await ask(transport, { ...user, settings: { ...KEY, session_token: 'a-session' } })
    expect(cloud.asked[0]?.headers).toMatchObject({ 'x-amz-security-token': 'a-session' })
  })

  test('is signed by the clock of AWS once that has said it is another time', async () => {
    const skewed: Said = {
      status: 403,
      headers: { date: 'Thu, 01 Jan 2026 00:06:00 GMT' },
      body: '{"message":"Signature expired"}',
    }
    const { cloud, transport } = world({}, undefined, () => (cloud.asked.length === 1 ? skewed : { body: 'answer' }))
    await ask(transport, user)
    await ask(transport, user)
    expect(cloud.asked.map(({ headers }) => headers['x-amz-date'])).toEqual(['20260101T000000Z', '20260101T000600Z'])
  })

  test('is not sent without a region', async () => {
    const { cloud, transport } = world()
    const failure = await ask(transport, { cloud: 'aws', settings: KEY })
    expect(failure).toMatchObject({ kind: 'no_credential', sent: false })
    expect(String(failure?.cause)).toContain('set region, or AWS_REGION')
    expect(cloud.asked).toEqual([])
  })
})

const keyIn = ({ headers }: Asked): string | undefined => /Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1]

describe('credentials are those', () => {
  test('of the environment', async () => {
    const { cloud, transport } = world({
      AWS_ACCESS_KEY_ID: 'AKIAENV',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 't',
    })
    await ask(transport, anybody)
    expect(cloud.asked.map(keyIn)).toEqual(['AKIAENV'])
  })

  test.each([
    [
      'in JSON',
      {
        AssumeRoleWithWebIdentityResponse: {
          AssumeRoleWithWebIdentityResult: {
            Credentials: { AccessKeyId: 'ASIAWEB', SecretAccessKey: 's', SessionToken: 't', Expiration: 1_767_229_200 },
          },
        },
      },
    ],
    [
      'in XML',
      '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>t</SessionToken><SecretAccessKey>s</SecretAccessKey><Expiration>2026-01-01T01:00:00Z</Expiration><AccessKeyId>ASIAWEB</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>',
    ],
  ])('of a role by the token of a workload, told %s', async (_, body) => {
    const variables = {
      AWS_WEB_IDENTITY_TOKEN_FILE: fileOf('a.b.c\n'),
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
      AWS_REGION: 'eu-west-1',
    }
    const { cloud, transport } = world(variables, () => ({ body }))
    await ask(transport, anybody)
    expect(cloud.asked[0]?.url).toBe('https://sts.eu-west-1.amazonaws.com/')
    expect(Object.fromEntries(new URLSearchParams(cloud.asked[0]?.body))).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::1:role/r',
      RoleSessionName: 'speka',
      WebIdentityToken: 'a.b.c',
    })
    expect(keyIn(cloud.asked[1] as Asked)).toBe('ASIAWEB')
  })

  test.each([
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/creds' }, 'http://169.254.170.2/v2/creds', undefined],
    [
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: fileOf('pod\n'),
      },
      'http://169.254.170.23/v1/credentials',
      'pod',
    ],
  ])('of the container, as %j says', async (variables, url, authorization) => {
    const { cloud, transport } = world(variables as unknown as Record<string, string>)
    await ask(transport, anybody)
    expect(cloud.asked[0]).toMatchObject({ method: 'GET', url })
    expect(cloud.asked[0]?.headers['authorization']).toBe(authorization)
    expect(keyIn(cloud.asked[1] as Asked)).toBe('ASIAROLE')
  })

  test('of the machine, which wants a token of its own first', async () => {
    const { cloud, clock, transport } = world({}, ({ url }) =>
      url.endsWith('/token')
        ? { body: 'imds' }
        : url.endsWith('/security-credentials/')
          ? { body: 'the-role' }
          : { body: role },
    )
    await ask(transport, anybody)
    const metadata = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
    expect(cloud.asked.slice(0, 3)).toMatchObject([
      {
        method: 'PUT',
        url: 'http://169.254.169.254/latest/api/token',
        headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' },
      },
      { method: 'GET', url: metadata, headers: { 'x-aws-ec2-metadata-token': 'imds' } },
      { method: 'GET', url: `${metadata}the-role` },
    ])
    await ask(transport, anybody)
    expect(cloud.asked).toHaveLength(5)
    await clock.advance(3_595_000)
    await ask(transport, anybody)
    expect(cloud.asked).toHaveLength(9)
  })

  test('of nobody, where none are told', async () => {
    const { transport } = world({}, () => ({ body: '{}' }))
    const failure = await ask(transport, anybody)
    expect(failure).toMatchObject({ kind: 'no_credential' })
    expect(String(failure?.cause)).toContain("AWS's instance metadata gave no credential: its answer has no keys")
  })
})
