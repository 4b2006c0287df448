import type { AccountRole } from '../packages/server/src/actor.ts'
import { identity, identityOf } from '../packages/server/src/config/identity-schema.ts'
import { admitMember } from '../packages/server/src/identity/oidc/admit-member.ts'
import { openMemberSession } from '../packages/server/src/identity/sessions.ts'
import { createKey } from '../packages/server/src/operations/create-key.ts'
import { createToken } from '../packages/server/src/operations/create-token.ts'
import { inviteMember } from '../packages/server/src/operations/invite-member.ts'
import { operator } from '../packages/server/src/operations/__fixtures__/two-accounts.ts'
import { accountRecord, put } from '../packages/server/src/store/__fixtures__/records.ts'
import { ask, type Answer } from './support/ask.ts'
import { eventually } from './support/eventually.ts'
import { siteParts } from './support/admin-parts.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const ACCOUNT = 'acc_acme'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

let app: StartedApp
let token: string
const parts = () => app.parts.site ?? siteParts()

beforeEach(async () => {
  const { scim } = identityOf({ scim: [{ account: ACCOUNT, roles: { 'llm-admins': 'admin', 'group-42': 'billing' } }] })
  app = await startApp({}, {}, { site: { directories: () => scim } })
  await put(app.store, 'account', accountRecord(ACCOUNT))
  await put(app.store, 'account', accountRecord('acc_other'))
  token = await tokenOf(ACCOUNT, 'owner')
})
afterEach(() => app.close())

const tokenOf = async (account: string, role: AccountRole): Promise<string> =>
  (await createToken(parts().operations, operator, { account, role, name: 'directory' })).token

const scim = (method: string, path: string, body?: object, bearer = token): Promise<Answer> =>
  ask(app.origin, {
    method,
    path: `/scim/v2/${path}`,
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/scim+json' }) },
    body,
  })

const filtered = (kind: 'Users' | 'Groups', filter: string): Promise<Answer> =>
  scim('GET', `${kind}?filter=${encodeURIComponent(filter)}`)

const patch = (path: string, ...Operations: object[]): Promise<Answer> =>
  scim('PATCH', path, { schemas: [PATCH], Operations })

/** What Okta sends for a person. */
const okta = (userName: string, more: object = {}) => ({
  schemas: [USER],
  userName,
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [{ primary: true, value: userName, type: 'work' }],
  displayName: 'Ann Lee',
  locale: 'en-US',
  externalId: '00ujl29u0le5T6Aj10h7',
  groups: [],
  password: 'never-kept-1mz050nq',
  active: true,
  ...more,
})

/** What Entra sends for a person. */
const entra = (userName: string) => ({
  schemas: [USER, ENTERPRISE],
  externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
  userName,
  active: true,
  displayName: 'Bob Ray',
  emails: [{ primary: true, type: 'work', value: userName }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Bob Ray', familyName: 'Ray', givenName: 'Bob' },
  roles: [],
  [ENTERPRISE]: { department: 'Sales' },
})

const made = async (body: object, kind: 'Users' | 'Groups' = 'Users'): Promise<string> => {
  const { status, json } = await scim('POST', kind, body)
  expect(status).toBe(201)
  return String(json['id'])
}

const member = async (id: string) => (await app.store.registry.get('member', id))?.record

describe('Okta', () => {
  test('looks a person up, makes him, reads him, and puts him with other names', async () => {
    const ann = 'ann.lee@acme.example'
    const empty = await scim('GET', `Users?filter=userName%20eq%20%22${ann}%22&startIndex=1&count=100`)
    expect([empty.status, empty.headers['content-type']]).toEqual([200, 'application/scim+json'])
    expect(empty.json).toMatchObject({ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] })

    const created = await scim('POST', 'Users', okta(ann))
    expect(created.status).toBe(201)
    expect(created.json).toMatchObject({
      schemas: [USER],
      userName: ann,
      externalId: '00ujl29u0le5T6Aj10h7',
      name: { givenName: 'Ann', familyName: 'Lee' },
      emails: [{ value: ann, primary: true }],
      active: true,
      meta: { resourceType: 'User' },
    })
    const id = String(created.json['id'])
    expect(created.headers.location).toBe(`${app.origin}/scim/v2/Users/${id}`)
    expect(await member(id)).toMatchObject({ account: ACCOUNT, email: ann, role: 'viewer', status: 'invited' })

    expect((await scim('GET', `Users/${id}`)).json).toEqual(created.json)
    expect((await filtered('Users', `userName eq "ANN.LEE@acme.example"`)).json).toMatchObject({
      totalResults: 1,
      Resources: [{ id }],
    })
    const renamed = await scim('PUT', `Users/${id}`, okta(ann, { id, name: { givenName: 'Anna', familyName: 'Lee' } }))
    expect(renamed.json).toMatchObject({ id, name: { givenName: 'Anna' }, active: true })
    expect(JSON.stringify(await app.store.audit.list())).not.toContain('never-kept')
  })

  test('takes a leaver out by active: false in a value without a path, and in again', async () => {
    const id = await made(okta('ann@acme.example'))
    expect((await patch(`Users/${id}`, { op: 'replace', value: { active: false } })).json).toMatchObject({
      active: false,
    })
    expect((await member(id))?.status).toBe('removed')
    expect((await scim('GET', `Users/${id}`)).json).toMatchObject({ id, active: false })
    expect((await patch(`Users/${id}`, { op: 'replace', value: { active: true } })).json).toMatchObject({
      active: true,
    })
    expect((await member(id))?.status).toBe('invited')
  })

  test('pushes a group, and its members get its role and lose it', async () => {
    const ann = await made(okta('ann@acme.example'))
    const bob = await made(okta('bob@acme.example', { externalId: 'other' }))
    const members = [{ value: ann, display: 'ann@acme.example' }]
    const id = await made({ schemas: [GROUP], displayName: 'llm-admins', members }, 'Groups')
    expect((await member(ann))?.role).toBe('admin')
    expect((await scim('GET', `Users/${ann}`)).json['groups']).toEqual([{ value: id, display: 'llm-admins' }])

    await patch(
      `Groups/${id}`,
      { op: 'remove', path: `members[value eq "${ann}"]` },
      { op: 'add', path: 'members', value: [{ value: bob, display: 'bob@acme.example' }] },
    )
    expect([(await member(ann))?.role, (await member(bob))?.role]).toEqual(['viewer', 'admin'])

    const renamed = await patch(`Groups/${id}`, { op: 'replace', value: { id, displayName: 'nobody-knows' } })
    expect(renamed.json).toMatchObject({ displayName: 'nobody-knows', members: [{ value: bob }] })
    expect((await member(bob))?.role).toBe('viewer')

    await patch(`Groups/${id}`, { op: 'replace', path: 'members', value: [{ value: ann }] })
    expect((await scim('GET', `Groups/${id}`)).json['members']).toEqual([{ value: ann, display: 'ann@acme.example' }])
    expect((await scim('DELETE', `Groups/${id}`)).status).toBe(204)
    expect((await scim('GET', `Groups/${id}`)).status).toBe(404)
  })
})

describe('Entra', () => {
  test('makes a person, finds him by its own id, and changes him by paths with filters', async () => {
    const id = await made(entra('bob@acme.example'))
    expect((await filtered('Users', `externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"`)).json).toMatchObject({
      totalResults: 1,
      Resources: [{ id }],
    })
    const changed = await patch(
      `Users/${id}`,
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'robert@acme.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Rays' },
      { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Research' },
    )
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({
      userName: 'bob@acme.example',
      emails: [{ value: 'robert@acme.example' }],
      name: { familyName: 'Rays', givenName: 'Bob' },
    })
    expect((await member(id))?.email).toBe('robert@acme.example')
  })

  test.each([
    [{ op: 'Replace', path: 'active', value: 'False' }],
    [{ op: 'Replace', path: 'active', value: false }],
    [{ op: 'replace', value: { active: 'False' } }],
    [{ op: 'Replace', path: `${USER}:active`, value: 'false' }],
  ])('takes a leaver out by %j', async (operation) => {
    const id = await made(entra('bob@acme.example'))
    expect((await patch(`Users/${id}`, operation)).json).toMatchObject({ active: false })
    expect((await member(id))?.status).toBe('removed')
  })

  test('pushes a group that is known by its id there, adds and removes members by values', async () => {
    const bob = await made(entra('bob@acme.example'))
    const body = { schemas: [GROUP], externalId: 'group-42', displayName: 'Finance', meta: { resourceType: 'Group' } }
    const id = await made(body, 'Groups')
    const found = await scim(
      'GET',
      `Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Finance"')}`,
    )
    expect(found.json).toMatchObject({ totalResults: 1, Resources: [{ id, displayName: 'Finance' }] })
    expect(found.body).not.toContain('"members"')

    await patch(`Groups/${id}`, { op: 'Add', path: 'members', value: [{ $ref: null, value: bob }] })
    expect((await member(bob))?.role).toBe('billing')
    expect((await filtered('Groups', `id eq "${id}" and members eq "${bob}"`)).json['totalResults']).toBe(1)
    await patch(`Groups/${id}`, { op: 'Remove', path: 'members', value: [{ $ref: null, value: bob }] })
    expect((await member(bob))?.role).toBe('viewer')
  })

  test('deletes a person: he is not found, and who comes again under the name is the same member, without his groups', async () => {
    const bob = await made(entra('bob@acme.example'))
    await made({ schemas: [GROUP], displayName: 'llm-admins', members: [{ value: bob }] }, 'Groups')
    expect((await scim('DELETE', `Users/${bob}`)).status).toBe(204)
    expect((await scim('GET', `Users/${bob}`)).status).toBe(404)
    expect((await filtered('Users', `userName eq "bob@acme.example"`)).json['totalResults']).toBe(0)
    expect((await scim('DELETE', `Users/${bob}`)).status).toBe(404)
    expect(await made(entra('bob@acme.example'))).toBe(bob)
    expect(await member(bob)).toMatchObject({ role: 'viewer', status: 'invited' })
  })
})

describe('a leaver', () => {
  test.each(['active: false', 'DELETE'] as const)('is out at once by %s: his session and his key', async (how) => {
    const id = await made(okta('ann@acme.example'))
    const { operations } = parts()
    const { key } = await createKey(operations, operator, { account: ACCOUNT, name: 'his', member: id })
    const { cookie } = await openMemberSession(parts(), id, 'code')
    const headers = { cookie: cookie.split(';', 1)[0] ?? '' }
    const isIn = async (): Promise<boolean> =>
      (await ask(app.origin, { path: '/api/v1/session', headers })).json['actor'] === 'account'
    const ofKey = async (): Promise<number> =>
      (await ask(app.origin, { path: '/v1/models', headers: { authorization: `Bearer ${key}` } })).status
    expect([await isIn(), await ofKey()]).toEqual([true, 200])
    if (how === 'DELETE') await scim('DELETE', `Users/${id}`)
    else await patch(`Users/${id}`, { op: 'replace', path: 'active', value: false })
    expect(await isIn()).toBe(false)
    await eventually(async () => (await ofKey()) === 401, 'his key is refused')
  })

  test('does not come in by single sign-on either, until somebody invites him', async () => {
    const email = 'ann@acme.example'
    await scim('DELETE', `Users/${await made(okta(email))}`)
    const [settings] = identityOf({
      oidc: [
        {
          name: 'acme',
          issuer: 'https://i.example',
          client_id: 'c',
          client_secret: 's',
          account: ACCOUNT,
          roles: { staff: 'member' },
        },
      ],
    }).oidc
    if (settings === undefined) throw new Error('a provider is configured')
    const comesIn = () =>
      admitMember(
        settings,
        { subject: 'ann', email, groups: ['staff'] },
        { registry: app.store.registry, now: Date.now() },
      )
    await expect(comesIn()).rejects.toMatchObject({ code: 'permission_denied' })
    const invited = await inviteMember(parts().operations, operator, { account: ACCOUNT, email, role: 'member' })
    expect(await comesIn()).toBe(invited.id)
    expect((await filtered('Users', `userName eq "${email}"`)).json['totalResults']).toBe(1)
  })

  test('is out also as the last owner', async () => {
    const { operations } = parts()
    const { id } = await inviteMember(operations, operator, {
      account: ACCOUNT,
      email: 'eve@acme.example',
      role: 'owner',
    })
    expect((await filtered('Users', 'userName eq "eve@acme.example"')).json).toMatchObject({ Resources: [{ id }] })
    await patch(`Users/${id}`, { op: 'replace', path: 'active', value: false })
    expect((await member(id))?.status).toBe('removed')
  })
})

test('the audit tells what was done by SCIM, by which token, and what it made of whom', async () => {
  const id = await made(okta('ann@acme.example'))
  await patch(`Users/${id}`, { op: 'replace', path: 'active', value: true })
  await made({ schemas: [GROUP], displayName: 'llm-admins', members: [{ value: id }] }, 'Groups')
  await patch(`Users/${id}`, { op: 'replace', path: 'active', value: false })
  await scim('PUT', `Users/${id}`, okta('ann@acme.example'))
  await scim('DELETE', `Users/${id}`)
  const entries = await app.store.audit.list()
  const told = entries.filter(({ action }) => action.startsWith('scim.'))
  expect(told.map(({ action, object: whose }) => `${action} ${whose.slice(0, 3)}`)).toEqual([
    'scim.user.create mem',
    'scim.group.create grp',
    'scim.group.create mem',
    'scim.user.remove mem',
    'scim.user.restore mem',
    'scim.user.remove mem',
    'scim.user.remove grp',
  ])
  expect(told.every(({ actor }) => actor.startsWith('tok_'))).toBe(true)
})

/** What an answer in SCIM's envelope says of an error. */
const refused = async (answer: Promise<Answer>) => {
  const { status, json, headers } = await answer
  expect(headers['content-type']).toBe('application/scim+json')
  expect(json).toMatchObject({ schemas: [ERROR], status: String(status), detail: expect.any(String) })
  return [status, json['scimType']]
}

describe('what is refused', () => {
  test('is told in SCIM’s own envelope', async () => {
    const id = await made(okta('ann@acme.example'))
    expect(await refused(scim('GET', 'Users', undefined, 'speka-admin-nobody'))).toEqual([401, undefined])
    expect(await refused(scim('GET', 'Users/mem_nobody'))).toEqual([404, undefined])
    expect(await refused(scim('GET', 'Devices'))).toEqual([404, undefined])
    expect(await refused(scim('PATCH', 'Users', { Operations: [] }))).toEqual([405, undefined])
    expect(await refused(scim('POST', 'Users', okta('ANN@acme.example')))).toEqual([409, 'uniqueness'])
    expect(await refused(scim('POST', 'Users', okta('no address', { emails: [] })))).toEqual([400, 'invalidValue'])
    expect(await refused(scim('POST', 'Users', { schemas: [USER] }))).toEqual([400, 'invalidValue'])
    expect(await refused(scim('POST', 'Users', []))).toEqual([400, 'invalidValue'])
    expect(await refused(filtered('Users', 'userName co "ann"'))).toEqual([400, 'invalidFilter'])
    expect(await refused(filtered('Users', 'title eq "x"'))).toEqual([400, 'invalidFilter'])
    expect(await refused(patch(`Users/${id}`, { op: 'remove' }))).toEqual([400, 'invalidPath'])
    expect(await refused(patch(`Users/${id}`, { op: 'move', path: 'active' }))).toEqual([400, 'invalidValue'])
    expect(await refused(patch(`Users/${id}`, { op: 'replace', path: 'active', value: 'maybe' }))).toEqual([
      400,
      'invalidValue',
    ])
    const stray = { schemas: [GROUP], displayName: 'g', members: [{ value: 'mem_nobody' }] }
    expect(await refused(scim('POST', 'Groups', stray))).toEqual([400, 'invalidValue'])
    const torn = await fetch(`${app.origin}/scim/v2/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: '{"userName":',
    })
    expect([torn.status, await torn.json()]).toEqual([400, expect.objectContaining({ scimType: 'invalidSyntax' })])
  })

  test('is who may not keep members, whatever he asks', async () => {
    for (const role of ['billing', 'member', 'viewer'] as const)
      expect(await refused(scim('GET', 'Users', undefined, await tokenOf(ACCOUNT, role)))).toEqual([403, undefined])
    // No directory keeps this one.
    expect(await refused(scim('GET', 'Users', undefined, await tokenOf('acc_other', 'owner')))).toEqual([
      403,
      undefined,
    ])
    const { cookie } = await openMemberSession(parts(), await made(okta('ann@acme.example')), 'code')
    const bySession = ask(app.origin, { path: '/scim/v2/Users', headers: { cookie: cookie.split(';', 1)[0] ?? '' } })
    expect(await refused(bySession)).toEqual([403, undefined])
  })

  test('is an account whose plan has no single sign-on', async () => {
    await put(app.store, 'account', accountRecord('acc_small', { plan: 'pro' }))
    const answer = await scim('GET', 'Users', undefined, await tokenOf('acc_small', 'owner'))
    expect([answer.status, answer.json['detail']]).toEqual([403, expect.stringContaining('has no sso')])
  })

  test('is a role above that of the token, and an owner whom it would change', async () => {
    const { operations } = parts()
    const owner = await inviteMember(operations, operator, { account: ACCOUNT, email: 'o@acme.example', role: 'owner' })
    const admin = await tokenOf(ACCOUNT, 'admin')
    expect(await refused(scim('DELETE', `Users/${owner.id}`, undefined, admin))).toEqual([403, undefined])
    expect((await member(owner.id))?.status).toBe('invited')
  })

  test('is a member or a group of another account, as one that is not there', async () => {
    const { operations } = parts()
    const other = await inviteMember(operations, operator, {
      account: 'acc_other',
      email: 'x@o.example',
      role: 'member',
    })
    for (const method of ['GET', 'DELETE'] as const)
      expect(await refused(scim(method, `Users/${other.id}`))).toEqual([404, undefined])
    expect((await scim('GET', 'Users')).body).not.toContain(other.id)
  })
})

test('tells what it can: its configuration, resource types and schemas', async () => {
  expect((await scim('GET', 'ServiceProviderConfig')).json).toMatchObject({
    patch: { supported: true },
    bulk: { supported: false },
    filter: { supported: true, maxResults: 1000 },
  })
  expect((await scim('GET', 'ResourceTypes')).json).toMatchObject({ totalResults: 2 })
  expect((await scim('GET', 'ResourceTypes/User')).json).toMatchObject({ endpoint: '/Users', schema: USER })
  expect((await scim('GET', `Schemas/${encodeURIComponent(GROUP)}`)).json).toMatchObject({ id: GROUP, name: 'Group' })
})

test('lists a part at a time, by numbers from 1', async () => {
  for (const name of ['a', 'b', 'c']) await made(okta(`${name}@acme.example`))
  const { json } = await scim('GET', 'Users?startIndex=2&count=1')
  expect(json).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 })
  // Those of one millisecond come in any order, but always in the same.
  const all = (await scim('GET', 'Users')).json['Resources'] as readonly unknown[]
  expect(all).toHaveLength(3)
  expect(json['Resources']).toEqual([all[1]])
  expect((await scim('GET', 'Users?startIndex=-3&count=-1')).json).toMatchObject({ startIndex: 1, itemsPerPage: 0 })
})

test('two changes of one group at the same time are both in it', async () => {
  const ids = await Promise.all(['a', 'b', 'c', 'd'].map((name) => made(okta(`${name}@acme.example`))))
  const group = await made({ schemas: [GROUP], displayName: 'llm-admins' }, 'Groups')
  await Promise.all(ids.map((value) => patch(`Groups/${group}`, { op: 'add', path: 'members', value: [{ value }] })))
  expect((await app.store.registry.get('group', group))?.record.members.toSorted()).toEqual(ids.toSorted())
})

test('an account has one directory', () => {
  const parsed = identity.safeParse({
    scim: [{ account: ACCOUNT }, {}, { account: ACCOUNT, roles: { staff: 'member' } }],
  })
  expect(parsed.error?.issues).toEqual([expect.objectContaining({ path: ['scim', 2, 'account'] })])
})
