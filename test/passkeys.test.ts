import { CHALLENGE_MS } from '../packages/server/src/identity/passkeys/challenges.ts'
import { ask, type Answer, type Asked } from './support/ask.ts'
import { Authenticator } from './support/authenticator.ts'
import { startTwoListeners, type SignedIn, type TwoListeners } from './support/two-listeners.ts'

let rig: TwoListeners
let ann: SignedIn
beforeEach(async () => {
  rig = await startTwoListeners()
  ann = await rig.signInMember('acme', 'member')
})
afterEach(() => rig.close())

const PASSKEYS = '/api/v1/passkeys'
const SIGN_IN = '/api/v1/sign-in/passkey'

/** By the name that passkeys need. */
const host = (): string => `localhost:${new URL(rig.origin).port}`
const atSite = (): { origin: string; rpId: string } => ({ origin: `http://${host()}`, rpId: 'localhost' })

const post = (path: string, body: object, headers: Asked['headers'] = {}): Promise<Answer> =>
  ask(rig.origin, { method: 'POST', path, body, headers: { host: host(), ...headers } })

const as = ({ cookie, csrf }: SignedIn) => ({ cookie, 'x-speka-csrf': csrf })

interface Options {
  readonly challenge: string
  readonly user?: { readonly id: string; readonly name: string }
}

const optionsIn = ({ json }: Answer): Options => json['options'] as Options

const beginToAdd = async (who: SignedIn): Promise<Options> => optionsIn(await post(`${PASSKEYS}/options`, {}, as(who)))

/** Adds the passkey of a device. */
async function add(who: SignedIn, device: Authenticator, name = 'laptop'): Promise<Answer> {
  const { challenge, user } = await beginToAdd(who)
  return post(PASSKEYS, { name, credential: device.create({ challenge, ...atSite() }, user?.id ?? '') }, as(who))
}

/** A browser that has begun to sign in: what it was asked, and its cookie. */
async function begin(): Promise<{ challenge: string; cookie: string }> {
  const answer = await post(`${SIGN_IN}/options`, {})
  return { challenge: optionsIn(answer).challenge, cookie: answer.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '' }
}

const show = (credential: object, cookie: string): Promise<Answer> => post(SIGN_IN, { credential }, { cookie })

async function signIn(device: Authenticator, changes: Parameters<Authenticator['get']>[1] = {}): Promise<Answer> {
  const { challenge, cookie } = await begin()
  return show(device.get({ challenge, ...atSite() }, changes), cookie)
}

/** What is on record of who did what to passkeys. */
const audited = async (): Promise<string[]> =>
  (await rig.operations.store.audit.list()).filter(({ kind }) => kind === 'passkey').map(({ action }) => action)

test('a member adds a passkey, and signs in by it without saying who he is', async () => {
  const device = new Authenticator()
  const added = await add(ann, device)
  expect([added.status, added.json]).toMatchObject([
    201,
    { name: 'laptop', status: 'active', member: 'mem_acme_member', transports: ['internal'], last_used_at: null },
  ])
  expect(added.body).not.toContain(device.id.toString('base64url'))
  const answer = await signIn(device)
  expect([answer.status, answer.json]).toMatchObject([
    201,
    { actor: 'account', role: 'member', account: { id: 'acme' }, passkey_trouble: null },
  ])
  const [cookie = '', cleared = ''] = answer.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^speka_member=.*HttpOnly/)
  expect(cleared).toMatch(/^speka_passkey=;.*SameSite=Strict.*Max-Age=0/)
  const listed = await ask(rig.origin, { path: PASSKEYS, headers: { cookie: cookie.split(';', 1)[0] ?? '' } })
  expect(listed.json['data']).toMatchObject([{ name: 'laptop', last_used_at: expect.any(String) }])
  expect(await audited()).toEqual(['passkey.create', 'session.create'])
})

test('what a browser is asked to make is one that names its member by itself', async () => {
  expect(await beginToAdd(ann)).toMatchObject({
    rp: { id: 'localhost', name: 'Speka' },
    user: { id: Buffer.from('mem_acme_member').toString('base64url'), name: 'mem_acme_member@example.com' },
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    attestation: 'none',
  })
  const device = new Authenticator()
  await add(ann, device)
  expect(await beginToAdd(ann)).toMatchObject({ excludeCredentials: [{ id: device.id.toString('base64url') }] })
})

test('one is given another name, and removed: then it is dead', async () => {
  const device = new Authenticator()
  const id = String((await add(ann, device)).json['id'])
  const change = (method: string, body?: object) =>
    ask(rig.origin, { method, path: `${PASSKEYS}/${id}`, headers: { host: host(), ...as(ann) }, body })
  expect((await change('PATCH', { name: 'phone' })).json).toMatchObject({ name: 'phone' })
  expect((await change('DELETE')).json).toMatchObject({ status: 'removed' })
  expect((await change('PATCH', { name: 'again' })).status).toBe(400)
  expect(await signIn(device)).toMatchObject({ status: 400, json: { param: 'credential' } })
  expect(await audited()).toEqual(['passkey.create', 'passkey.rename', 'passkey.remove'])
})

test('another member of the account neither sees nor touches it; who may change members removes it', async () => {
  const id = String((await add(ann, new Authenticator())).json['id'])
  const path = `${PASSKEYS}/${id}`
  const bob = await rig.signInMember('acme', 'member', 'mem_bob')
  expect((await ask(rig.origin, { path: PASSKEYS, headers: as(bob) })).json['data']).toEqual([])
  expect((await ask(rig.origin, { path: `${PASSKEYS}?account=acme`, headers: as(bob) })).status).toBe(403)
  expect((await ask(rig.origin, { method: 'DELETE', path, headers: as(bob) })).status).toBe(403)
  const stranger = await rig.signInMember('other', 'owner')
  expect((await ask(rig.origin, { method: 'DELETE', path, headers: as(stranger) })).status).toBe(404)
  const admin = await rig.signInMember('acme', 'admin')
  expect((await ask(rig.origin, { path: `${PASSKEYS}?account=acme`, headers: as(admin) })).json['data']).toHaveLength(1)
  expect((await ask(rig.origin, { method: 'DELETE', path, headers: as(admin) })).status).toBe(200)
})

describe('an answer', () => {
  let device: Authenticator
  beforeEach(async () => {
    device = new Authenticator()
    await add(ann, device)
  })

  test('is good once', async () => {
    const { challenge, cookie } = await begin()
    const credential = device.get({ challenge, ...atSite() })
    expect((await show(credential, cookie)).status).toBe(201)
    expect(await show(credential, cookie)).toMatchObject({ status: 400, json: { param: 'credential' } })
    expect((await show(device.get({ challenge, ...atSite() }), cookie)).status).toBe(400)
  })

  test('is good for one of many that are sent at the same time', async () => {
    const { challenge, cookie } = await begin()
    const credential = device.get({ challenge, ...atSite() })
    const all = await Promise.all(Array.from({ length: 8 }, () => show(credential, cookie)))
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('is good for five minutes', async () => {
    const { challenge, cookie } = await begin()
    rig.clock.moveOn(CHALLENGE_MS)
    expect((await show(device.get({ challenge, ...atSite() }), cookie)).status).toBe(400)
  })

  test('is good in the browser alone that was asked', async () => {
    const { challenge } = await begin()
    const { cookie } = await begin()
    expect((await show(device.get({ challenge, ...atSite() }), cookie)).status).toBe(400)
    expect((await post(SIGN_IN, { credential: device.get({ challenge, ...atSite() }) })).status).toBe(400)
  })

  test('to what was asked for another end is none', async () => {
    const { challenge } = await beginToAdd(ann)
    const { cookie } = await begin()
    expect((await show(device.get({ challenge, ...atSite() }), cookie)).status).toBe(400)
  })

  test.each([
    { whose: 'of another origin', at: { origin: 'http://localhost.evil.example' } },
    { whose: 'of another port', at: { origin: 'http://localhost:1' } },
    { whose: 'for another domain', at: { rpId: 'evil.example' } },
  ])('$whose is refused', async ({ at }) => {
    const { challenge, cookie } = await begin()
    const answer = await show(device.get({ challenge, ...atSite(), ...at }), cookie)
    expect(answer).toMatchObject({ status: 400, json: { param: 'credential' } })
  })

  test('by a passkey that nobody has added is refused', async () => {
    expect(await signIn(new Authenticator())).toMatchObject({ status: 400, json: { param: 'credential' } })
  })

  test('that names another member, or nobody, is refused', async () => {
    const bob = await rig.signInMember('acme', 'owner', 'mem_bob')
    await add(bob, new Authenticator())
    const userHandle = Buffer.from('mem_bob').toString('base64url')
    expect((await signIn(device, { userHandle })).status).toBe(400)
    const { challenge, cookie } = await begin()
    const { response, ...rest } = device.get({ challenge, ...atSite() })
    const { userHandle: _, ...without } = response
    expect((await show({ ...rest, response: without }, cookie)).status).toBe(400)
  })

  test('with the id of one passkey and the signature of another is refused', async () => {
    const other = new Authenticator()
    await add(ann, other)
    const { challenge, cookie } = await begin()
    const { id, rawId } = device.get({ challenge, ...atSite() })
    expect((await show({ ...other.get({ challenge, ...atSite() }), id, rawId }, cookie)).status).toBe(400)
  })

  test('of a device whose count goes back is refused and on record, and so is every one after it', async () => {
    device.counter = 5
    expect((await signIn(device)).status).toBe(201)
    device.counter = 4
    expect(await signIn(device)).toMatchObject({ status: 403, json: { code: 'permission_denied' } })
    expect(await audited()).toEqual(['passkey.create', 'session.create', 'passkey.copied'])
    device.counter = 100
    expect((await signIn(device)).status).toBe(403)
    const listed = await ask(rig.origin, { path: PASSKEYS, headers: as(ann) })
    expect(listed.json['data']).toMatchObject([{ status: 'copied' }])
  })

  test('of a device that never counts is good each time', async () => {
    for (let n = 0; n < 2; n += 1) {
      device.counter = -1
      expect((await signIn(device)).status).toBe(201)
    }
  })

  test('with a count that nobody has signed neither signs in nor makes the passkey look copied', async () => {
    device.counter = 5
    await signIn(device)
    device.counter = 1
    const { challenge, cookie } = await begin()
    const { response, ...rest } = device.get({ challenge, ...atSite() })
    const forged = { ...rest, response: { ...response, signature: response.signature.replace(/^.{8}/, 'MEUCIQDD') } }
    expect((await show(forged, cookie)).status).toBe(400)
    device.counter = 10
    expect((await signIn(device)).status).toBe(201)
  })

  test('of a member who was removed is refused at once, and after he is invited again', async () => {
    const owner = await rig.signInMember('acme', 'owner')
    await ask(rig.origin, { method: 'DELETE', path: '/api/v1/members/mem_acme_member', headers: as(owner) })
    expect((await signIn(device)).status).toBe(400)
    const body = { email: 'mem_acme_member@example.com', role: 'member' }
    expect((await post('/api/v1/members', body, as(owner))).json).toMatchObject({ id: 'mem_acme_member' })
    expect((await signIn(device)).status).toBe(400)
    expect(await audited()).toEqual(['passkey.create', 'member.remove'])
  })

  test('is refused after ten wrong ones from the same client', async () => {
    for (let n = 0; n < 10; n += 1) expect((await signIn(new Authenticator())).status).toBe(400)
    expect(await signIn(device)).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } })
  })

  test.each<{ why: string; wrong: object }>([
    { why: 'nothing', wrong: {} },
    { why: 'no object', wrong: { credential: 'x' } },
    { why: 'no bytes', wrong: { credential: { id: '!', rawId: '!', type: 'public-key', response: {} } } },
    {
      why: 'client data that is none',
      wrong: {
        credential: {
          id: 'aa',
          rawId: 'aa',
          type: 'public-key',
          response: { clientDataJSON: 'aa', authenticatorData: 'aa', signature: 'aa' },
        },
      },
    },
    { why: 'what is not asked for', wrong: { member: 'mem_acme_owner' } },
  ])('that is $why is refused', async ({ wrong }) => {
    const { cookie } = await begin()
    expect((await post(SIGN_IN, wrong, { cookie })).status).toBe(400)
  })
})

describe('a passkey is not added', () => {
  test('for a challenge of another session, nor a second time, nor for one that was asked to sign in', async () => {
    const bob = await rig.signInMember('acme', 'owner', 'mem_bob')
    const { challenge, user } = await beginToAdd(bob)
    const device = new Authenticator()
    const credential = device.create({ challenge, ...atSite() }, user?.id ?? '')
    expect((await post(PASSKEYS, { name: 'a', credential }, as(ann))).status).toBe(400)
    expect((await post(PASSKEYS, { name: 'a', credential }, as(bob))).status).toBe(201)
    expect((await post(PASSKEYS, { name: 'a', credential }, as(bob))).status).toBe(400)
    const asked = await begin()
    const other = new Authenticator().create({ challenge: asked.challenge, ...atSite() }, '')
    expect((await post(PASSKEYS, { name: 'a', credential: other }, as(bob))).status).toBe(400)
  })

  test('when its id is that of another member’s', async () => {
    const device = new Authenticator()
    await add(ann, device)
    const bob = await rig.signInMember('acme', 'owner', 'mem_bob')
    expect(await add(bob, device)).toMatchObject({ status: 400, json: { param: 'credential' } })
    expect((await signIn(device, { userHandle: Buffer.from('mem_acme_member').toString('base64url') })).status).toBe(
      201,
    )
  })

  test.each([{ origin: 'https://evil.example' }, { rpId: 'evil.example' }])('when it was made at %p', async (at) => {
    const { challenge } = await beginToAdd(ann)
    const credential = new Authenticator().create({ challenge, ...atSite(), ...at }, '')
    expect((await post(PASSKEYS, { name: 'a', credential }, as(ann))).status).toBe(400)
  })

  test('beyond twenty', async () => {
    for (let n = 0; n < 20; n += 1) expect((await add(ann, new Authenticator())).status).toBe(201)
    expect(await post(`${PASSKEYS}/options`, {}, as(ann))).toMatchObject({ status: 400 })
  })

  test('without the word against forgery', async () => {
    expect((await post(`${PASSKEYS}/options`, {}, { cookie: ann.cookie })).status).toBe(403)
  })

  test('by the operator, who is no member', async () => {
    const operator = await rig.signInOperator()
    const answer = await ask(rig.adminOrigin, {
      method: 'POST',
      path: `${PASSKEYS}/options`,
      headers: as(operator),
      body: {},
    })
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } })
  })
})

test('more than a hundred are not asked for in an hour', async () => {
  for (let n = 0; n < 100; n += 1) expect((await post(`${SIGN_IN}/options`, {})).status).toBe(201)
  expect((await post(`${SIGN_IN}/options`, {})).status).toBe(429)
})

test('a page of another origin begins nothing', async () => {
  expect((await post(`${SIGN_IN}/options`, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

/** What is said of passkeys to who comes in so. */
const trouble = async (headers: Asked['headers']) =>
  (await ask(rig.origin, { path: '/api/v1/session', headers: headers ?? {} })).json['passkey_trouble']

describe('where there can be none', () => {
  test('at an address in figures, it is said where there can be', async () => {
    const { port } = new URL(rig.origin)
    expect(await trouble({ host: `127.0.0.1:${port}` })).toContain(`http://localhost:${port}`)
    expect(await trouble({ host: `localhost:${port}` })).toBeNull()
    expect((await post(`${SIGN_IN}/options`, {}, { host: `127.0.0.1:${port}` })).status).toBe(400)
  })

  test.each([
    { publicUrl: 'https://speka.example.com', by: 'speka.example.com', works: true },
    { publicUrl: 'https://speka.example.com', by: 'localhost', works: false },
    { publicUrl: 'http://speka.example.com', by: 'speka.example.com', works: false },
    { publicUrl: 'https://192.0.2.7', by: '192.0.2.7', works: false },
    { publicUrl: 'https://[2001:db8::1]', by: '[2001:db8::1]', works: false },
    { publicUrl: 'http://localhost:7735', by: 'localhost:7735', works: true },
  ])('with the public address $publicUrl, reached by $by, they work: $works', async ({ publicUrl, by, works }) => {
    await rig.close()
    rig = await startTwoListeners({ publicUrl })
    expect((await trouble({ host: by })) === null).toBe(works)
    expect((await post(`${SIGN_IN}/options`, {}, { host: by })).status).toBe(works ? 201 : 400)
  })

  test('where what checks them is not installed, the line that installs it is said', async () => {
    await rig.close()
    rig = await startTwoListeners({}, { isInstalled: () => false, load: () => Promise.reject(new Error('none')) })
    expect(await trouble({ host: host() })).toContain('npm install @simplewebauthn/server@14')
    expect((await post(`${SIGN_IN}/options`, {})).status).toBe(400)
  })
})
