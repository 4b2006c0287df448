import type { Actor } from '../actor.ts'
import { fullAccount, holder, NOON, operationParts, operator, type Ids } from './__fixtures__/two-accounts.ts'
import { createKey } from './create-key.ts'
import { createTeam } from './create-team.ts'
import { inviteMember } from './invite-member.ts'
import { listAudit } from './list-audit.ts'
import { listLimits, showLimit } from './list-limits.ts'
import type { OperationParts } from './operation.ts'
import { removeLimit } from './remove-limit.ts'
import { revokeKey } from './revoke-key.ts'
import { rotateKey } from './rotate-key.ts'
import { setLimit } from './set-limit.ts'
import { showKey } from './show-key.ts'
import { updateKey } from './update-key.ts'

let parts: OperationParts
let time: { now: number }
let mine: Ids
beforeEach(async () => {
  ;({ parts, time } = operationParts())
  mine = await fullAccount(parts, 'mine')
})

const noon = '2026-11-22T12:00:00.000Z'

test('a limit is set, shown, removed, and stays in the list, which says so', async () => {
  const set = await setLimit(parts, operator, { usd: '10.50', window: 'month' })
  expect(set).toEqual({
    id: expect.stringMatching(/^lim_\w{22}$/),
    account: 'default',
    subject: { kind: 'account', id: null },
    models: null,
    kind: 'usd',
    limit: '10.50',
    window: 'month',
    on_reached: 'stop',
    fallback: null,
    status: 'active',
    set_by: 'operator',
    refused_last_day: 0,
    spent_usd: '0',
    held_usd: '0',
    left_usd: '10.5',
    resets_at: '2026-12-01T00:00:00.000Z',
    created_at: noon,
    removed_at: null,
    revision: 1,
  })
  expect(await showLimit(parts, operator, { id: set.id })).toEqual(set)
  time.now += 1000
  const removed = await removeLimit(parts, operator, { id: set.id })
  const nothing = { spent_usd: null, held_usd: null, left_usd: null, resets_at: null }
  const ended = { status: 'removed', removed_at: '2026-11-22T12:00:01.000Z', revision: 2 }
  expect(removed).toEqual({ ...set, ...nothing, ...ended })
  expect(await removeLimit(parts, operator, { id: set.id })).toEqual(removed)
  expect(await listLimits(parts, operator, { account: 'default' })).toEqual([removed])
  const actions = (await listAudit(parts, operator, { account: 'default' })).map(({ action }) => action)
  expect(actions).toEqual(['limit.set', 'limit.remove'])
})

test('limits are listed with what their keys, teams and members are called, to whom that may be told', async () => {
  const key = await createKey(parts, operator, { name: 'chatbot' })
  const team = await createTeam(parts, operator, { name: 'Research' })
  const member = await inviteMember(parts, operator, { email: 'ann@example.com', role: 'member' })
  const subjects = [{ key: key.id }, { team: team.id }, { member: member.id }, { customer: 'ann' }, { each: 'key' }]
  for (const subject of subjects) {
    time.now += 1000
    await setLimit(parts, operator, { usd: '20', subject })
  }
  const namesFor = async (actor: Actor) =>
    (await listLimits(parts, actor, { account: 'default', include: 'name' })).map(({ subject_name: name }) => name)
  expect(await namesFor(operator)).toEqual(['chatbot', 'Research', 'ann@example.com', null, null])
  const billing: Actor = { kind: 'account', account: 'default', role: 'billing', by: 'tok_billing' }
  expect(await namesFor(billing)).toEqual([null, 'Research', 'ann@example.com', null, null])
  expect(await listLimits(parts, operator, { account: 'default' })).not.toContainEqual(
    expect.objectContaining({ subject_name: expect.anything() }),
  )
})

test('what is counted alike is one limit, whose amount is changed; all else is another', async () => {
  const first = await setLimit(parts, operator, { usd: '10', window: 'month' })
  const raised = await setLimit(parts, operator, { usd: '20', window: 'month' })
  expect(raised).toMatchObject({ id: first.id, limit: '20', revision: 2 })
  expect(await setLimit(parts, operator, { usd: '20', window: 'month' })).toEqual(raised)
  const others = [
    { usd: '20', window: 'day' },
    { usd: '20', window: 'month', models: 'meta/*' },
    { usd: '20', window: 'month', subject: { each: 'customer' } },
    { usd: '20', window: 'month', subject: { customer: 'ann' } },
    { rpm: 20 },
  ]
  for (const other of others) expect(await setLimit(parts, operator, other)).toMatchObject({ revision: 1 })
  expect(await listLimits(parts, operator, { account: 'default' })).toHaveLength(6)
})

test('after it was removed, a limit that is set begins anew', async () => {
  const { id } = await setLimit(parts, operator, { usd: '10' })
  await removeLimit(parts, operator, { id })
  time.now += 1000
  const again = await setLimit(parts, operator, { usd: '10' })
  expect(again.id).not.toBe(id)
  expect(await parts.store.registry.get('limit', again.id)).toMatchObject({ record: { since: NOON + 1000 } })
})

test('a limit is of the account of what it names, which may be no other', async () => {
  for (const kind of ['team', 'member', 'key'] as const) {
    const set = await setLimit(parts, operator, { subject: { [kind]: mine[kind] }, rpm: 5 })
    expect(set).toMatchObject({ account: mine.account, subject: { kind, id: mine[kind] } })
    const refusal = { code: 'invalid_value', param: `subject.${kind}` }
    const elsewhere = { account: 'default', subject: { [kind]: mine[kind] }, rpm: 5 }
    await expect(setLimit(parts, operator, elsewhere)).rejects.toMatchObject(refusal)
    const stranger = setLimit(parts, holder('acc_other', 'owner'), { subject: { [kind]: mine[kind] }, rpm: 5 })
    await expect(stranger).rejects.toMatchObject({ status: 404 })
  }
})

const oneOf = 'usd, rpm, rpd, tpm, max_parallel'

test.each([
  [{}, 'usd', `usd is missing: say one of ${oneOf}.`],
  [{ usd: '5', rpm: 1 }, 'rpm', `rpm cannot stand beside usd: one limit has one of ${oneOf}.`],
  [{ usd: '-5' }, 'usd', /^usd must be a decimal string of US dollars from "0" to "9000000"/],
  [{ usd: '9000000.01' }, 'usd', /"9000000"/],
  [{ usd: '0.0000000000001' }, 'usd', /12 decimals/],
  [{ usd: 'lots' }, 'usd', /decimal string/],
  [{ usd: '1e3' }, 'usd', /decimal string/],
  [{ usd: 5 }, 'usd', /decimal string/],
  [{ rpm: 0 }, 'rpm', 'rpm must be a whole number from 1 to 1000000000.'],
  [{ rpm: -1 }, 'rpm', /whole number/],
  [{ rpm: 1.5 }, 'rpm', /whole number/],
  [{ rpd: 1e10 }, 'rpd', /whole number/],
  [{ tpm: 'many' }, 'tpm', /whole number/],
  [{ max_parallel: '5' }, 'max_parallel', /whole number/],
  [{ usd: '5', window: 'year' }, 'window', 'window must be one of day, week, month, lifetime.'],
  [{ rpm: 5, window: 'day' }, 'window', /has a meaning only with usd/],
  [{ rpm: 5, on_reached: 'notify' }, 'on_reached', /must be stop/],
  [{ usd: '5', on_reached: 'explode' }, 'on_reached', /must be one of stop, notify, fallback/],
  [{ usd: '5', on_reached: 'fallback' }, 'fallback', /name the models/],
  [{ usd: '5', on_reached: 'fallback', fallback: [] }, 'fallback', /at least one model/],
  [{ usd: '5', fallback: ['a'] }, 'fallback', /only with on_reached fallback/],
  [{ usd: '5', subject: { each: 'planet' } }, 'subject.each', /must be one of account, team/],
  [{ usd: '5', subject: { each: 'account' } }, 'subject.each', /only in the configuration/],
  [{ usd: '5', subject: { key: 'a', tag: 'b' } }, 'subject', /exactly one of/],
  [{ usd: '5', subject: { customer: '' } }, 'subject.customer', /must not be empty/],
  [{ usd: '5', subject: 'ann' }, 'subject', /must name one subject/],
])('%j is refused, and nothing changes', async (input, param, message) => {
  const version = await parts.store.registry.version()
  const refusal = { code: 'invalid_value', param, message: expect.stringMatching(message) }
  await expect(setLimit(parts, operator, input)).rejects.toMatchObject(refusal)
  expect(await parts.store.registry.version()).toBe(version)
})

test('what the operator has set is not the account’s to change', async () => {
  const admin = holder(mine.account, 'admin')
  const { id } = await setLimit(parts, operator, { account: mine.account, usd: '5' })
  const refusal = { code: 'permission_denied' }
  await expect(setLimit(parts, admin, { usd: '500' })).rejects.toMatchObject(refusal)
  await expect(removeLimit(parts, admin, { id })).rejects.toMatchObject(refusal)
  expect(await setLimit(parts, admin, { usd: '500', window: 'day' })).toMatchObject({ set_by: 'account' })
  const { id: key } = await createKey(parts, operator, { account: mine.account, name: 'k', limits: { rpm: 5 } })
  await expect(updateKey(parts, admin, { id: key, limits: { rpm: 500 } })).rejects.toMatchObject(refusal)
})

test('a key is made with limits of its own, in one change', async () => {
  const version = await parts.store.registry.version()
  const limits = { usd: '5', window: 'month', rpm: 60, rpd: 1000, tpm: 9, max_parallel: 2 }
  const made = await createKey(parts, operator, { name: 'k', limits })
  expect(await parts.store.registry.version()).toBe(version + 1)
  expect(made.limits.map(({ kind, limit, window }) => [kind, limit, window]).sort()).toEqual([
    ['max_parallel', '2', 'parallel'],
    ['rpd', '1000', 'day'],
    ['rpm', '60', 'minute'],
    ['tpm', '9', 'minute'],
    ['usd', '5', 'month'],
  ])
  const kept = await parts.store.registry.list('limit', { account: 'default' })
  expect(new Set(kept.map(({ record }) => record.since))).toEqual(new Set([0]))
  const ofKey = (await listLimits(parts, operator, { account: 'default' })).map(({ subject }) => subject.id)
  expect(new Set(ofKey)).toEqual(new Set([made.id]))
})

const shown = ({ limits }: { limits: readonly { kind: string; limit: string; window: string }[] }) =>
  limits.map(({ kind, limit, window }) => `${kind} ${limit} ${window}`).sort()

test('a key’s limits are changed and taken away, and what is left out stays', async () => {
  const { id } = await createKey(parts, operator, { name: 'k', limits: { usd: '5', window: 'month', rpm: 60 } })
  const raised = await updateKey(parts, operator, { id, limits: { usd: '7' } })
  expect(shown(raised)).toEqual(['rpm 60 minute', 'usd 7 month'])
  const daily = await updateKey(parts, operator, { id, limits: { usd: '1', window: 'day', rpm: null } })
  expect(shown(daily)).toEqual(['usd 1 day', 'usd 7 month'])
  const free = await updateKey(parts, operator, { id, limits: { usd: null } })
  expect(shown(free)).toEqual([])
  expect(await listLimits(parts, operator, { account: 'default' })).toHaveLength(3)
})

test('who may make keys and set no limits makes limited ones, and cannot lift what limits them', async () => {
  const member = holder(mine.account, 'member')
  const { id } = await createKey(parts, member, { name: 'k', limits: { rpm: 60 } })
  const lift = updateKey(parts, member, { id, limits: { rpm: null } })
  await expect(lift).rejects.toMatchObject({ code: 'permission_denied' })
})

test('a key in place of another is counted with it', async () => {
  const made = await createKey(parts, operator, { name: 'k', limits: { usd: '5' } })
  const second = await rotateKey(parts, operator, { id: made.id, grace: '1h' })
  const third = await rotateKey(parts, operator, { id: second.id })
  expect(third.limits).toEqual(made.limits)
  expect(await setLimit(parts, operator, { subject: { key: third.id }, usd: '7' })).toMatchObject({
    id: made.limits[0]?.id,
    subject: { id: made.id },
  })
  await revokeKey(parts, operator, { id: third.id })
  expect(await showKey(parts, operator, { id: third.id })).toMatchObject({ limits: [{ limit: '7' }] })
})
