import type { OperationParts } from './operation.ts'
import { createAccount } from './create-account.ts'
import { changePlan, resumeAccount, suspendAccount } from './change-account.ts'
import { changeRole, removeMember } from './change-member.ts'
import { createKey } from './create-key.ts'
import { createTeam } from './create-team.ts'
import { renameTeam } from './rename-team.ts'
import { createToken } from './create-token.ts'
import { inviteMember } from './invite-member.ts'
import { listAccounts } from './list-accounts.ts'
import { listAudit } from './list-audit.ts'
import { listKeys } from './list-keys.ts'
import { listMembers } from './list-members.ts'
import { listTeams } from './list-teams.ts'
import { listTokens } from './list-tokens.ts'
import { revokeKey } from './revoke-key.ts'
import { revokeToken } from './revoke-token.ts'
import { rotateKey } from './rotate-key.ts'
import { showKey } from './show-key.ts'
import { updateKey } from './update-key.ts'
import { verifyAudit } from './verify-audit.ts'
import { fullAccount, NOON, operationParts, operator } from './__fixtures__/two-accounts.ts'

let parts: OperationParts
let time: { now: number }
beforeEach(() => {
  ;({ parts, time } = operationParts())
})

const noon = '2026-11-22T12:00:00.000Z'

test('an account is made, suspended and resumed, and doing it again changes nothing', async () => {
  const account = await createAccount(parts, operator, { name: ' Acme ', email: 'a@example.com' })
  expect(account).toEqual({
    id: expect.stringMatching(/^acc_\w{22}$/),
    name: 'Acme',
    plan: 'none',
    next_plan: null,
    buyer: { name: null, address: null, country: null, tax_id: null },
    email: 'a@example.com',
    status: 'active',
    created_at: noon,
    revision: 1,
  })
  const { id } = account
  const suspended = await suspendAccount(parts, operator, { id })
  expect(suspended).toEqual({ ...account, status: 'suspended', revision: 2 })
  expect(await suspendAccount(parts, operator, { id })).toEqual(suspended)
  expect(await resumeAccount(parts, operator, { id })).toMatchObject({ status: 'active', revision: 3 })
  expect(await changePlan(parts, operator, { id, plan: 'none' })).toMatchObject({ plan: 'none', revision: 3 })
  const builtIn = { id: 'default', name: 'default', created_at: null }
  expect(await listAccounts(parts, operator, {})).toMatchObject([builtIn, { id }])
})

test('names need not be unique', async () => {
  const [one, other] = [
    await createAccount(parts, operator, { name: 'a' }),
    await createAccount(parts, operator, { name: 'a' }),
  ]
  expect(one.id).not.toBe(other.id)
})

test('a team is of an account, and without one of the default', async () => {
  const { account } = await fullAccount(parts, 'acme')
  const team = await createTeam(parts, operator, { name: 'research' })
  expect(team).toMatchObject({ id: expect.stringMatching(/^team_/), account: 'default', revision: 1 })
  expect((await listTeams(parts, operator, { account })).map(({ name }) => name)).toEqual(['acme team'])
  expect((await listTeams(parts, operator, {})).map(({ name }) => name).sort()).toEqual(['acme team', 'research'])
})

test('a team that is renamed keeps its id, and is not changed by who has seen an older one', async () => {
  const { id } = await createTeam(parts, operator, { name: 'research' })
  expect(await renameTeam(parts, operator, { id, name: 'search', revision: 1 })).toMatchObject({
    id,
    name: 'search',
    revision: 2,
  })
  expect(await renameTeam(parts, operator, { id, name: 'search' })).toMatchObject({ revision: 2 })
  await expect(renameTeam(parts, operator, { id, name: 'find', revision: 1 })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect((await listTeams(parts, operator, {})).map(({ name }) => name)).toEqual(['search'])
})

test('a member is invited once, changed, removed and invited again, as the same member', async () => {
  const invited = await inviteMember(parts, operator, { email: 'Ann@example.com', role: 'viewer' })
  expect(invited).toMatchObject({ email: 'Ann@example.com', role: 'viewer', status: 'invited', account: 'default' })
  const again = inviteMember(parts, operator, { email: 'ann@EXAMPLE.com', role: 'admin' })
  await expect(again).rejects.toMatchObject({ code: 'invalid_value', param: 'email' })
  const { id } = invited
  expect(await changeRole(parts, operator, { id, role: 'admin' })).toMatchObject({ role: 'admin', revision: 2 })
  expect(await changeRole(parts, operator, { id, role: 'admin' })).toMatchObject({ revision: 2 })
  expect(await removeMember(parts, operator, { id })).toMatchObject({ status: 'removed', revision: 3 })
  expect(await removeMember(parts, operator, { id })).toMatchObject({ revision: 3 })
  await expect(changeRole(parts, operator, { id, role: 'viewer' })).rejects.toMatchObject({ code: 'invalid_value' })
  const back = await inviteMember(parts, operator, { email: 'ann@example.com', role: 'member' })
  expect(back).toMatchObject({ id, status: 'invited', role: 'member' })
  expect(await listMembers(parts, operator, {})).toEqual([back])
  const actions = (await listAudit(parts, operator, {})).map(({ action }) => action)
  expect(actions).toEqual(['member.invite', 'member.role', 'member.remove', 'member.invite'])
})

test('a key has the labels and the limits that it was made with', async () => {
  const { account, team, member } = await fullAccount(parts, 'acme')
  const wanted = { account, team, member, environment: 'prod', tags: ['batch', 'eu'] }
  const limits = { models: ['meta/*'], endpoints: ['chat'], providers: ['nvidia'] }
  const made = await createKey(parts, operator, { name: 'k', ...wanted, ...limits })
  expect(made).toMatchObject({ ...wanted, ...limits, plan: 'none' })
  expect(await showKey(parts, operator, { id: made.id })).toMatchObject({ ...wanted, ...limits })
})

test('a key is not given a team or a member of another account, nor a member who has left', async () => {
  const [mine, theirs] = [await fullAccount(parts, 'mine'), await fullAccount(parts, 'theirs')]
  for (const field of ['team', 'member'] as const) {
    const refusal = {
      code: 'invalid_value',
      param: field,
      message: expect.stringMatching(/is not of the key's account/),
    }
    const input = { account: mine.account, name: 'k', [field]: theirs[field] }
    await expect(createKey(parts, operator, input)).rejects.toMatchObject(refusal)
    const update = updateKey(parts, operator, { id: mine.key, [field]: theirs[field] })
    await expect(update).rejects.toMatchObject(refusal)
  }
  await removeMember(parts, operator, { id: mine.member })
  const late = createKey(parts, operator, { account: mine.account, name: 'k', member: mine.member })
  await expect(late).rejects.toMatchObject({ code: 'invalid_value', param: 'member' })
})

test('a plan without an account makes one; with one it must be its own', async () => {
  const made = await createKey(parts, operator, { name: 'shop', plan: 'none' })
  const [, account] = await listAccounts(parts, operator, {})
  expect(account).toMatchObject({ id: made.account, name: 'shop', plan: 'none' })
  await createKey(parts, operator, { name: 'more', plan: 'none', account: made.account })
  expect(await listAccounts(parts, operator, {})).toHaveLength(2)
})

test('a key is changed as it was asked, and no further; null takes away', async () => {
  const { key, team } = await fullAccount(parts, 'acme')
  const before = await showKey(parts, operator, { id: key })
  const wanted = { name: 'new', environment: 'dev', tags: ['a'], models: ['m'], expires_at: '2027-01-01T00:00:00.000Z' }
  const changed = await updateKey(parts, operator, { id: key, ...wanted })
  expect(changed).toEqual({ ...before, ...wanted, revision: 2 })
  const cleared = await updateKey(parts, operator, {
    id: key,
    models: null,
    tags: null,
    expires_at: null,
    member: null,
  })
  expect(cleared).toMatchObject({ models: null, tags: [], expires_at: null, member: null, team, environment: 'dev' })
})

test('a rotated key goes on for its grace, and says by what it is replaced', async () => {
  const { key } = await fullAccount(parts, 'acme')
  const made = await rotateKey(parts, operator, { id: key, grace: '24h' })
  const old = { status: 'active', replaced_by: made.id, replaced_until: '2026-11-23T12:00:00.000Z', revoked_at: null }
  expect(await showKey(parts, operator, { id: key })).toMatchObject(old)
  const again = rotateKey(parts, operator, { id: key })
  await expect(again).rejects.toMatchObject({ message: expect.stringContaining(`replaced already, by ${made.id}`) })
  time.now += 24 * 3_600_000
  expect(await showKey(parts, operator, { id: key })).toMatchObject({ status: 'replaced' })
})

test('an expired key is not rotated into one that has expired as well', async () => {
  const { id } = await createKey(parts, operator, { name: 'k', expires_at: '2026-11-22T13:00:00Z' })
  time.now += 3_600_000
  const refusal = { message: expect.stringContaining('has expired') }
  await expect(rotateKey(parts, operator, { id })).rejects.toMatchObject(refusal)
})

test('a token is shown once, and kept only as a digest', async () => {
  const { token, ...shown } = await createToken(parts, operator, { name: 't', role: 'operator' })
  expect(token).toMatch(/^speka-admin-[\w-]{43}$/)
  expect(shown).toMatchObject({ account: null, role: 'operator', status: 'active' })
  expect(await listTokens(parts, operator, {})).toEqual([shown])
  expect(JSON.stringify([await parts.store.registry.list('token'), await parts.store.audit.list()])).not.toContain(
    token,
  )
  expect(await revokeToken(parts, operator, { id: shown.id })).toMatchObject({ status: 'revoked' })
})

test('of two who change what both have seen, the second is told so', async () => {
  const { key, account, member, token } = await fullAccount(parts, 'acme')
  const seen = { revision: 1 }
  await updateKey(parts, operator, { id: key, name: 'b', ...seen })
  await suspendAccount(parts, operator, { id: account, ...seen })
  await changeRole(parts, operator, { id: member, role: 'viewer', ...seen })
  const refusal = {
    code: 'conflict',
    status: 409,
    message: expect.stringMatching(/not 1: it was changed.*Read it again/),
  }
  for (const late of [
    updateKey(parts, operator, { id: key, name: 'c', ...seen }),
    revokeKey(parts, operator, { id: key, ...seen }),
    rotateKey(parts, operator, { id: key, ...seen }),
    resumeAccount(parts, operator, { id: account, ...seen }),
    removeMember(parts, operator, { id: member, ...seen }),
    changeRole(parts, operator, { id: member, role: 'admin', ...seen }),
  ])
    await expect(late).rejects.toMatchObject(refusal)
  await expect(revokeToken(parts, operator, { id: token, revision: 2 })).rejects.toMatchObject({ code: 'conflict' })
})

test('two who change at the same instant are not both told that it is done', async () => {
  const { key } = await fullAccount(parts, 'acme')
  const both = await Promise.allSettled([
    rotateKey(parts, operator, { id: key }),
    rotateKey(parts, operator, { id: key }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
  // The one that was refused has left no key behind.
  expect(await listKeys(parts, operator, {})).toHaveLength(2)
})

test('lists come a page at a time, and go on behind nothing that is not there', async () => {
  const ids: string[] = []
  for (let made = 0; made < 5; made += 1) {
    time.now += 1
    ids.push((await createTeam(parts, operator, { name: `t${made}` })).id)
  }
  expect([
    await pageOfTeams(),
    await pageOfTeams(ids[1]),
    await pageOfTeams(ids[3]),
    await pageOfTeams(ids[4]),
  ]).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []])
  await expect(pageOfTeams('team_made_up')).rejects.toMatchObject({ code: 'invalid_value', param: 'after' })
})

test('a clock that was put back revokes, lists and audits all the same', async () => {
  const { account, key } = await fullAccount(parts, 'acme')
  time.now -= 3_600_000
  const { id } = await createKey(parts, operator, { account, name: 'later' })
  expect(await revokeKey(parts, operator, { id: key })).toMatchObject({ status: 'revoked' })
  expect((await listKeys(parts, operator, { account })).map((one) => one.id)).toEqual([id, key])
  const entries = await listAudit(parts, operator, { account })
  expect(entries.map(({ n }) => n)).toEqual(entries.map((_, index) => index + 1))
  expect(entries.at(-1)).toMatchObject({ action: 'key.revoke', at: '2026-11-22T11:00:00.000Z' })
  expect(await verifyAudit(parts, operator, {})).toEqual({ entries: entries.length, intact: true, broken: null })
})

test('the audit says who did what, before and after', async () => {
  const { account } = await fullAccount(parts, 'acme')
  time.now = NOON + 1000
  await suspendAccount(parts, { kind: 'operator', by: 'cli' }, { id: account })
  expect(await listAudit(parts, operator, { since: '2026-11-22T12:00:01Z' })).toEqual([
    {
      n: expect.any(Number),
      at: '2026-11-22T12:00:01.000Z',
      actor: 'operator:cli',
      action: 'account.suspend',
      kind: 'account',
      id: account,
      account,
      before: { name: 'acme', plan: 'none', status: 'active' },
      after: { name: 'acme', plan: 'none', status: 'suspended' },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ])
})

test.each([
  { name: '', says: 'must not be empty' },
  { name: ' \t ', says: 'must not be empty' },
  { name: 'x'.repeat(10_240), says: 'must have at most 200 characters' },
  { name: 'a\u0000b', says: 'must not hold control characters' },
  { name: 'a\nb', says: 'must not hold control characters' },
  { name: 'a\u001b[31mb', says: 'must not hold control characters' },
  { name: 'a\u202eb', says: 'must not hold control characters' },
  { name: 'a\ud800b', says: 'must not hold control characters' },
])('a name that cannot be one is refused: $says', async ({ name, says }) => {
  const refusal = { code: 'invalid_value', param: 'name', message: `name ${says}.` }
  const create = [createAccount, createTeam, createKey]
  for (const run of create) await expect(run(parts, operator, { name })).rejects.toMatchObject(refusal)
  await expect(createToken(parts, operator, { name, role: 'viewer' })).rejects.toMatchObject(refusal)
})

test.each(['Zürich', '東京', 'فريق', '🐢 & co', "O'Neill; DROP TABLE", '<b>'])(
  '"%s" is a name like any other',
  async (name) => {
    expect(await createTeam(parts, operator, { name })).toMatchObject({ name })
  },
)

test.each([
  { input: { endpoints: ['planets'] }, param: 'endpoints.0' },
  { input: { endpoints: [] }, param: 'endpoints' },
  { input: { providers: 'nvidia' }, param: 'providers' },
  { input: { tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }, param: 'tags' },
  { input: { environment: 'x'.repeat(65) }, param: 'environment' },
  { input: { models: Array.from({ length: 101 }, () => 'm') }, param: 'models' },
  { input: { models: ['a\u001b[31mb'] }, param: 'models.0' },
  { input: { providers: ['a\u0000'] }, param: 'providers.0' },
  { input: { plan: 'gold' }, param: 'plan' },
])('$input is refused by its field', async ({ input, param }) => {
  await expect(createKey(parts, operator, { name: 'k', ...input })).rejects.toMatchObject({
    code: 'invalid_value',
    param,
  })
})

test.each(['1', '24', '1w', '-1h', '367d', '1.5h'])('"%s" is no grace', async (grace) => {
  const { key } = await fullAccount(parts, 'acme')
  await expect(rotateKey(parts, operator, { id: key, grace })).rejects.toMatchObject({ param: 'grace' })
})

const pageOfTeams = async (after?: string): Promise<string[]> =>
  (await listTeams(parts, operator, { limit: 2, ...(after !== undefined && { after }) })).map(({ id }) => id)

test('an account keeps its last owner, until there is another', async () => {
  const { id: account } = await createAccount(parts, operator, { name: 'a' })
  const invite = (email: string, role: string) => inviteMember(parts, operator, { account, email, role })
  const owner = await invite('ann@example.com', 'owner')
  await invite('bob@example.com', 'admin')
  const last = { code: 'invalid_value', message: expect.stringContaining('is the last owner') }
  await expect(removeMember(parts, operator, { id: owner.id })).rejects.toMatchObject(last)
  await expect(changeRole(parts, operator, { id: owner.id, role: 'viewer' })).rejects.toMatchObject(last)
  await invite('cy@example.com', 'owner')
  expect(await removeMember(parts, operator, { id: owner.id })).toMatchObject({ status: 'removed' })
})
