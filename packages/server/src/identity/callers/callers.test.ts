import { jest } from '@jest/globals'
import * as jose from 'jose'
import { SpekaError } from '@speka/core'
import type { CallerIssuer } from '../../config/identity-schema.ts'
import { createKeyRecord } from '../../keys/create-key.ts'
import type { KeysInUse } from '../../keys/keys-in-use.ts'
import { accountRecord, memberRecord, put } from '../../store/__fixtures__/records.ts'
import { openMemoryStore } from '../../store/memory/open-store.ts'
import type { KeyRecord } from '../../store/store.ts'
import { AUDIENCE, fakeIssuer, ISSUER } from '../__fixtures__/issuer.ts'
import { openCredentials, type Credentials } from '../open-credentials.ts'

const opened: Credentials[] = []
afterEach(async () => {
  for (const credentials of opened.splice(0)) await credentials.close()
})

const NOW = Date.parse('2026-11-30T12:00:00Z')

const settings = (changes: Partial<CallerIssuer> = {}): CallerIssuer => ({
  issuer: ISSUER,
  audiences: [AUDIENCE],
  account: { claim: 'account' },
  team: undefined,
  member: undefined,
  models: undefined,
  jwksUrl: undefined,
  ...changes,
})

describe('a token of an issuer', () => {
  test('is a credential: verified at first, a look-up from then on', async () => {
    const { credentials, issuer } = await setUp()
    const token = `Bearer ${await issuer.sign()}`
    const first = credentials.authenticate(token)
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toMatchObject({
      id: expect.stringMatching(/^jwt_[0-9a-f]{32}$/),
      account: 'acc_1',
      mode: 'live',
    })
    expect(credentials.authenticate(token)).toBe(await first)
    expect(issuer.asked()).toBe(1)
  })

  test('leaves keys of the gateway as they were', async () => {
    const { credentials, store } = await setUp()
    const { key, record } = createKeyRecord({ name: 'a', mode: 'live', account: 'acc_1' }, credentials.pepper)
    await put(store, 'key', record)
    expect(await credentials.authenticate(`Bearer ${key}`)).toEqual(record)
    expect(credentials.authenticate(`Bearer ${key}`)).toEqual(record)
  })

  test('is no credential where no issuer is configured', async () => {
    const { credentials, issuer } = await setUp()
    await credentials.configureCallers([])
    expect(await refusal(credentials, await issuer.sign())).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('not a Speka API key'),
    })
  })

  test('says the same person again, whatever token he comes with, and another where the account is another', async () => {
    const { credentials, issuer } = await setUp()
    const id = async (claims: object) =>
      (await credentials.authenticate(`Bearer ${await issuer.sign({ ...claims })}`)).id
    const first = await id({ jti: '1' })
    expect(await id({ jti: '2' })).toBe(first)
    expect(await id({ sub: 'bob' })).not.toBe(first)
    expect(await id({ account: 'acc_2' })).not.toBe(first)
  })

  const at = NOW / 1000
  test.each([
    { what: 'for another audience', claims: { aud: 'another' }, says: /another audience/ },
    { what: 'without an audience', claims: { aud: undefined }, says: /lacks the claim "aud"/ },
    { what: 'of another issuer', claims: { iss: 'https://evil.example.com' }, says: /issuer that is not configured/ },
    { what: 'that has expired, five minutes ago', claims: { exp: at - 300 }, says: /has expired/ },
    { what: 'that is not valid for five minutes yet', claims: { nbf: at + 300 }, says: /not valid yet/ },
    { what: 'that never expires', claims: { exp: undefined }, says: /lacks the claim "exp"/ },
    { what: 'of nobody', claims: { sub: undefined }, says: /lacks the claim "sub"/ },
    { what: 'of nobody by name', claims: { sub: '' }, says: /"sub" is empty/ },
    { what: 'of no account', claims: { account: undefined }, says: /claim "account" of this token has to be a text/ },
    { what: 'of an account that there is not', claims: { account: 'acc_9' }, says: /names no account here/ },
  ])('$what is refused', async ({ claims, says }) => {
    const { credentials, issuer, store } = await setUp()
    const error = await refusal(credentials, await issuer.sign(claims))
    expect(error).toMatchObject({ code: 'invalid_api_key', status: 401, message: expect.stringMatching(says) })
    // Nothing is kept of who is refused.
    expect(await store.registry.list('key')).toEqual([])
  })

  test('is taken while the clocks of issuer and gateway are half a minute apart', async () => {
    const { credentials, issuer } = await setUp()
    for (const claims of [{ nbf: at + 30 }, { exp: at - 30, sub: 'bob' }])
      expect(await refusal(credentials, await issuer.sign(claims))).toBeUndefined()
  })

  test('that nobody has signed, or somebody with the public key as a shared secret, is refused', async () => {
    const { credentials, issuer } = await setUp()
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', account: 'acc_1', exp: at + 600 }
    const none = `${text({ alg: 'none' })}.${text(claims)}.`
    const [key] = await issuer.published()
    const secret = Buffer.from(JSON.stringify(key))
    const shared = await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret)
    for (const token of [none, shared])
      expect(await refusal(credentials, token)).toMatchObject({
        code: 'invalid_api_key',
        message: expect.stringContaining('signed in a way that is not taken'),
      })
  })

  test('with one character changed is refused, wherever that is', async () => {
    const { credentials, issuer } = await setUp()
    const token = await issuer.sign()
    for (let index = 0; index < token.length - 1; index += 7) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      expect(await refusal(credentials, changed)).toMatchObject({ code: 'invalid_api_key' })
    }
  })

  test.each(['ey', 'ey.ey.ey', 'eyJhbGciOiJFUzI1NiJ9.e30.', `ey${'x'.repeat(15_000)}`, 'eyJ.a.b.c.d'])(
    '"%s" is none, and refused in words',
    async (token) => {
      const { credentials } = await setUp()
      expect(await refusal(credentials, token)).toMatchObject({ code: 'invalid_api_key', status: 401 })
    },
  )

  test('stops being one when it expires, remembered as it is', async () => {
    const { credentials, issuer, clock } = await setUp()
    const token = await issuer.sign()
    await credentials.authenticate(`Bearer ${token}`)
    clock.now += 661_000
    expect(await refusal(credentials, token)).toMatchObject({ message: expect.stringContaining('has expired') })
    expect(await refusal(credentials, token)).toMatchObject({ message: expect.stringContaining('has expired') })
  })
})

describe('the keys of an issuer', () => {
  test('are asked for anew when a token names one that is not known, once a minute at most', async () => {
    const { credentials, issuer, clock } = await setUp()
    expect(await refusal(credentials, await issuer.sign())).toBeUndefined()
    await issuer.rotate()
    const rotated = await issuer.sign({ sub: 'bob' })
    const stray = await issuer.sign({ sub: 'eve' }, { kid: 'unknown' })
    expect(await refusal(credentials, rotated)).toMatchObject({ message: expect.stringContaining('does not publish') })
    expect(issuer.asked()).toBe(1)
    clock.now += 60_000
    expect(await refusal(credentials, stray)).toMatchObject({ message: expect.stringContaining('does not publish') })
    expect(await refusal(credentials, rotated)).toBeUndefined()
    for (let times = 0; times < 20; times += 1) await refusal(credentials, stray)
    expect(issuer.asked()).toBe(2)
  })

  test('are asked for once by all who come at the same time', async () => {
    const { credentials, issuer } = await setUp()
    const tokens = await Promise.all(['a', 'b', 'c', 'd'].map((sub) => issuer.sign({ sub })))
    await Promise.all(tokens.map((token) => credentials.authenticate(`Bearer ${token}`)))
    expect(issuer.asked()).toBe(1)
  })

  test('cannot be had from an issuer that is down: 503 in words, until it answers', async () => {
    const { credentials, issuer, clock } = await setUp()
    issuer.isDown = true
    const token = await issuer.sign()
    for (let times = 0; times < 3; times += 1)
      expect(await refusal(credentials, token)).toMatchObject({
        code: 'identity_unavailable',
        status: 503,
        retryAfterMs: 1000,
        message: expect.stringContaining('cannot be asked for its keys'),
      })
    issuer.isDown = false
    clock.now += 1000
    expect(await refusal(credentials, token)).toBeUndefined()
  })

  test('outlive an issuer that is down, but not for longer than an hour', async () => {
    const { credentials, issuer, clock } = await setUp()
    await credentials.authenticate(`Bearer ${await issuer.sign()}`)
    issuer.isDown = true
    clock.now += 59 * 60_000
    expect(await refusal(credentials, await issuer.sign())).toBeUndefined()
    clock.now += 60_000
    expect(await refusal(credentials, await issuer.sign())).toMatchObject({ code: 'identity_unavailable' })
  })

  test('that an issuer has taken back are asked for anew after ten minutes, while nobody waits', async () => {
    const { credentials, issuer, clock } = await setUp()
    await credentials.authenticate(`Bearer ${await issuer.sign()}`)
    const stolen = await issuer.sign({ sub: 'eve', exp: at(clock.now) + 7200 })
    await issuer.rotate()
    clock.now += 600_000
    // Judged by what is known, while it is asked.
    const bob = await issuer.sign({ sub: 'bob' })
    while ((await refusal(credentials, bob)) !== undefined) await new Promise((resolve) => setImmediate(resolve))
    expect(issuer.asked()).toBe(2)
    expect(await refusal(credentials, stolen)).toMatchObject({ message: expect.stringContaining('does not publish') })
  })

  test('are not taken from the document of another issuer', async () => {
    const { credentials, issuer } = await setUp({}, (url, ask) =>
      url.endsWith('openid-configuration')
        ? Promise.resolve(Response.json({ issuer: 'https://other.example.com', jwks_uri: `${ISSUER}/keys` }))
        : ask(url),
    )
    expect(await refusal(credentials, await issuer.sign())).toMatchObject({ code: 'identity_unavailable' })
  })
})

describe('the claims of a token', () => {
  test('say team, member and models, and the ledger tells them apart by the labels', async () => {
    const { credentials, issuer, store } = await setUp({ team: 'team', member: 'email', models: 'ai.models' })
    const claims = { team: 'research', email: 'MEM_1@example.com', ai: { models: ['acme/*', 'mock'] } }
    const caller = await credentials.authenticate(`Bearer ${await issuer.sign(claims)}`)
    expect(caller).toMatchObject({ team: 'team_1', member: 'mem_1', limits: { models: ['acme/*', 'mock'] } })
    expect(await store.registry.labelSet(caller.labels)).toEqual({ team: 'team_1', member: 'mem_1' })
    expect((await store.registry.get('key', caller.id))?.record).toMatchObject({ name: 'MEM_1@example.com' })
  })

  test('are names with dots where there is such a claim, and words with spaces where there is no list', async () => {
    const { credentials, issuer } = await setUp({ models: 'https://llm.example.com/models', account: { id: 'acc_2' } })
    const caller = await credentials.authenticate(
      `Bearer ${await issuer.sign({ 'https://llm.example.com/models': 'acme/fast mock*' })}`,
    )
    expect(caller).toMatchObject({ account: 'acc_2', limits: { models: ['acme/fast', 'mock*'] } })
  })

  test.each([
    { claims: {}, says: /claim "team" of this token has to be a text/ },
    { claims: { team: 'nobody' }, says: /claim "team" of this token names no team/ },
    { claims: { team: 'theirs' }, says: /claim "team" of this token names no team/ },
    { claims: { team: 'research' }, says: /claim "email" of this token has to be a text/ },
    { claims: { team: 'research', email: 'x@example.com' }, says: /claim "email" of this token names no member/ },
    { claims: { team: 'research', email: 'mem_2' }, says: /claim "email" of this token names no member/ },
    { claims: { team: 'research', email: 'mem_1', models: 1 }, says: /claim "models" of this token has to be a list/ },
    {
      claims: { team: 'research', email: 'mem_1', models: [1] },
      says: /claim "models" of this token has to be a list/,
    },
  ])('$claims that are missing, or name what is not the account’s, are refused', async ({ claims, says }) => {
    const { credentials, issuer } = await setUp({ team: 'team', member: 'email', models: 'models' })
    expect(await refusal(credentials, await issuer.sign(claims))).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringMatching(says),
    })
  })

  test('tell a member by his address, unless his issuer has not verified it', async () => {
    const { credentials, issuer } = await setUp()
    const member = async (claims: object) =>
      (await credentials.authenticate(`Bearer ${await issuer.sign({ ...claims })}`)).member
    expect(await member({ email: 'mem_1@example.com' })).toBe('mem_1')
    expect(await member({ sub: 'bob', email: 'mem_1@example.com', email_verified: false })).toBeUndefined()
    expect(await member({ sub: 'cy', email: 'else@example.com' })).toBeUndefined()
  })

  test('of one token are not those of another of the same person: each keeps its team, and nothing is written again', async () => {
    const { credentials, issuer, store } = await setUp({ team: 'team' })
    const [one, other] = [await issuer.sign({ team: 'research' }), await issuer.sign({ team: 'sales' })]
    const team = async (token: string) => (await credentials.authenticate(`Bearer ${token}`)).team
    expect([await team(one), await team(other)]).toEqual(['team_1', 'team_2'])
    const version = await store.registry.version()
    expect([await team(one), await team(other), await team(one)]).toEqual(['team_1', 'team_2', 'team_1'])
    expect(await store.registry.version()).toBe(version)
  })

  test('hold names that are shown without what nobody sees', async () => {
    const { credentials, issuer } = await setUp()
    const caller = await credentials.authenticate(`Bearer ${await issuer.sign({ name: '=cmd\u202e\u0000<b>' })}`)
    expect(caller.name).toBe('=cmd<b>')
  })
})

describe('a caller', () => {
  test.each([
    { what: 'his account is suspended', code: 'account_suspended', does: suspend },
    { what: 'he is removed as a member', code: 'invalid_api_key', does: removeMember },
    { what: 'he is revoked', code: 'invalid_api_key', does: revoke },
  ])('is out once $what, with what he has under way', async ({ code, does }) => {
    const { credentials, issuer, store } = await setUp({ member: 'email' })
    const token = await issuer.sign({ email: 'mem_1@example.com' })
    const other = await issuer.sign({ sub: 'bob', email: 'mem_3@example.com', account: 'acc_3' })
    const caller = await credentials.authenticate(`Bearer ${token}`)
    const unconcerned = await credentials.authenticate(`Bearer ${other}`)
    const ended: string[] = []
    credentials.heed(underWay([caller, unconcerned], ended))
    await does(store, caller)
    await credentials.hear()
    expect(ended).toEqual([`${caller.id} ${code}`])
    expect(await refusal(credentials, token)).toMatchObject({ code })
    expect(await refusal(credentials, await issuer.sign({ email: 'mem_1@example.com', jti: 'new' }))).toMatchObject({
      code,
    })
    expect(credentials.authenticate(`Bearer ${other}`)).toBe(unconcerned)
  })

  test('is out when another replica says that he is, while the store says nothing, with what he has under way', async () => {
    const { credentials, issuer, store } = await setUp()
    const token = await issuer.sign()
    const caller = await credentials.authenticate(`Bearer ${token}`)
    const ended: string[] = []
    credentials.heed(underWay([caller], ended))
    jest.spyOn(store.registry, 'changedSince').mockRejectedValue(new Error('gone'))
    credentials.look()
    await new Promise((resolve) => setImmediate(resolve))
    credentials.hearOfEndings([{ kind: 'account', id: 'acc_1' }], 1000)
    expect(ended).toEqual([`${caller.id} account_suspended`])
    expect(await refusal(credentials, token)).toMatchObject({ code: 'account_suspended' })
  })

  test('is in again when his account is resumed', async () => {
    const { credentials, issuer, store } = await setUp()
    const token = await issuer.sign()
    await credentials.authenticate(`Bearer ${token}`)
    await suspend(store)
    await credentials.hear()
    expect(await refusal(credentials, token)).toMatchObject({ code: 'account_suspended' })
    await put(store, 'account', accountRecord('acc_1'))
    await credentials.hear()
    expect(await refusal(credentials, token)).toBeUndefined()
  })

  test('ends with his issuer, when that is taken out of the configuration, and stays where it is left in', async () => {
    const { credentials, issuer } = await setUp()
    const caller = await credentials.authenticate(`Bearer ${await issuer.sign()}`)
    const ended: string[] = []
    credentials.heed(underWay([caller], ended))
    await credentials.configureCallers([settings(), settings({ issuer: 'https://another.example.com' })])
    expect(ended).toEqual([])
    await credentials.configureCallers([settings({ issuer: 'https://another.example.com' })])
    expect(ended).toEqual([`${caller.id} invalid_api_key`])
  })

  test('is in the audit as the member he is, once', async () => {
    const { credentials, issuer, store } = await setUp({ member: 'email' })
    for (const jti of ['1', '2'])
      await credentials.authenticate(`Bearer ${await issuer.sign({ email: 'mem_1@example.com', jti })}`)
    const entries = (await store.audit.list({})).filter(({ action }) => action.startsWith('caller.'))
    expect(entries).toMatchObject([{ actor: 'mem_1', action: 'caller.enrol', kind: 'key', account: 'acc_1' }])
  })
})

test('without what checks tokens, a configuration of issuers is refused with the line that installs it', async () => {
  const store = openMemoryStore()
  const credentials = await openCredentials({
    registry: store.registry,
    pepper: 'a pepper for tests',
    dataDir: '/nowhere',
    ask: () => Promise.reject(new Error('nobody')),
    load: () => Promise.reject(new Error('not there')),
  })
  opened.push(credentials)
  await expect(credentials.configureCallers([settings()])).rejects.toThrow(/npm install jose@6/)
  await expect(credentials.configureCallers([])).resolves.toBeUndefined()
})

type TestStore = ReturnType<typeof openMemoryStore>

async function suspend(store: TestStore): Promise<void> {
  await put(store, 'account', accountRecord('acc_1', { status: 'suspended' }))
}
async function removeMember(store: TestStore): Promise<void> {
  await put(store, 'member', memberRecord('mem_1', 'acc_1', { status: 'removed' }))
}
async function revoke(store: TestStore, { id }: KeyRecord): Promise<void> {
  const kept = await store.registry.get('key', id)
  if (kept !== undefined) await put(store, 'key', { ...kept.record, revokedAt: NOW })
}

function underWay(keys: readonly KeyRecord[], ended: string[]): KeysInUse {
  return { keys: () => keys, refuse: (key, { code }) => void ended.push(`${key.id} ${code}`), renew: () => {} }
}

const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const at = (ms: number): number => Math.floor(ms / 1000)

async function setUp(
  changes: Partial<CallerIssuer> = {},
  through: (url: string, ask: (url: string) => Promise<Response>) => Promise<Response> = (url, ask) => ask(url),
) {
  const clock = { now: NOW }
  const issuer = await fakeIssuer(() => clock.now)
  const store = openMemoryStore()
  for (const id of ['acc_1', 'acc_2', 'acc_3']) await put(store, 'account', accountRecord(id))
  await put(store, 'member', memberRecord('mem_1', 'acc_1'))
  await put(store, 'member', memberRecord('mem_2', 'acc_2'))
  await put(store, 'member', memberRecord('mem_3', 'acc_3'))
  await put(store, 'team', { id: 'team_1', account: 'acc_1', name: 'research', createdAt: 1 })
  await put(store, 'team', { id: 'team_2', account: 'acc_1', name: 'sales', createdAt: 1 })
  await put(store, 'team', { id: 'team_3', account: 'acc_2', name: 'theirs', createdAt: 1 })
  const credentials = await openCredentials({
    registry: store.registry,
    pepper: 'a pepper for tests',
    dataDir: '/nowhere',
    ask: (url) => through(url, issuer.ask),
    now: () => clock.now,
  })
  opened.push(credentials)
  await credentials.configureCallers([settings(changes)])
  return { credentials, issuer, store, clock }
}

/** What a token is refused with; `undefined` when it is let in. */
async function refusal(credentials: Credentials, token: string): Promise<SpekaError | undefined> {
  try {
    await credentials.authenticate(`Bearer ${token}`)
    return undefined
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
}
