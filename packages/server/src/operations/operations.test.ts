import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { keyDigest } from '../keys/key-digest.ts'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { shipped } from './__fixtures__/two-accounts.ts'
import { createKey } from './create-key.ts'
import { listKeys } from './list-keys.ts'
import type { Operation, OperationParts } from './operation.ts'
import { revokeKey } from './revoke-key.ts'
import { rotateKey } from './rotate-key.ts'
import { showKey } from './show-key.ts'
import { totalUsage } from './total-usage.ts'

const NOON = Date.UTC(2026, 10, 22, 12)
const operator: Actor = { kind: 'operator', by: 'admin_token' }
const pepper = Buffer.from('pepper')

let parts: OperationParts
let now: number
beforeEach(() => {
  now = NOON
  parts = { store: openMemoryStore(), pepper: async () => pepper, now: () => now, plans: async () => shipped }
})

test('a key is made as it was asked for, shown once, and kept only as a digest', async () => {
  const wanted = { name: ' team a ', mode: 'test', models: ['meta/*'], expires_at: '2026-11-22T14:00:00+01:00' }
  const { key, ...shown } = await createKey(parts, operator, wanted)
  expect(key).toMatch(/^sk-speka-test-/)
  expect(shown).toEqual({
    id: expect.stringMatching(/^key_/),
    name: 'team a',
    mode: 'test',
    account: 'default',
    plan: 'none',
    team: null,
    member: null,
    environment: null,
    tags: [],
    limits: [],
    models: ['meta/*'],
    endpoints: null,
    providers: null,
    status: 'active',
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: '2026-11-22T13:00:00.000Z',
    revoked_at: null,
    replaced_by: null,
    replaced_until: null,
    last_used_at: null,
    revision: 1,
  })
  const kept = await parts.store.registry.list('key')
  expect(kept.map(({ record }) => record.digest)).toEqual([keyDigest(key, pepper)])
  expect(await listKeys(parts, operator, {})).toEqual([shown])
  expect(await showKey(parts, operator, { id: shown.id })).toEqual(shown)
  now += 3_600_000
  expect(await showKey(parts, operator, { id: shown.id })).toEqual({ ...shown, status: 'expired' })
})

test('a key is revoked for good, at the first moment asked', async () => {
  const { id } = await createKey(parts, operator, { name: 'a' })
  const revoked = { id, mode: 'live', status: 'revoked', revoked_at: '2026-11-22T12:00:00.000Z' }
  expect(await revokeKey(parts, operator, { id })).toMatchObject(revoked)
  now += 1000
  expect(await revokeKey(parts, operator, { id })).toMatchObject(revoked)
})

test('a rotated key has a successor like it, and stops', async () => {
  const old = await createKey(parts, operator, { name: 'a', models: ['m'], expires_at: '2027-01-01T00:00:00Z' })
  const made = await rotateKey(parts, operator, { id: old.id })
  const { name, models, expires_at } = old
  expect(made).toMatchObject({ name, models, expires_at, status: 'active', replaces: old.id })
  expect(made.key).not.toBe(old.key)
  expect(await showKey(parts, operator, { id: old.id })).toMatchObject({ status: 'revoked' })
  await expect(rotateKey(parts, operator, { id: old.id })).rejects.toMatchObject({ code: 'invalid_value' })
})

test('usage is added up within a span, of one key', async () => {
  const records = [
    usageRecord({ createdAt: NOON, charge: 1_500_000_000_000n }),
    usageRecord({ createdAt: NOON + 1 }),
    usageRecord({ createdAt: NOON, keyId: 'key_B' }),
  ]
  for (const record of records) await parts.store.ledger.settle(record)
  const asked = {
    by: 'day',
    since: '2026-11-22T12:00:00Z',
    until: '2026-11-22T12:00:00.001Z',
    key_id: records[0]?.keyId,
  }
  expect(await totalUsage(parts, operator, asked)).toMatchObject([
    { group: '2026-11-22', requests: 1, failed: 0, cost_usd: '1.5', unpriced: 0 },
  ])
})

const every: { name: string; run: Operation<unknown>; input: object }[] = [
  { name: 'createKey', run: createKey, input: { name: 'a' } },
  { name: 'listKeys', run: listKeys, input: {} },
  { name: 'showKey', run: showKey, input: { id: 'key_a' } },
  { name: 'revokeKey', run: revokeKey, input: { id: 'key_a' } },
  { name: 'rotateKey', run: rotateKey, input: { id: 'key_a' } },
  { name: 'totalUsage', run: totalUsage, input: { by: 'key' } },
]

test.each(every)('$name is not to be done without the right, and does nothing then', async ({ run, input }) => {
  const billing: Actor = { kind: 'account', account: 'default', role: 'billing', by: 'tok_1' }
  if (run.right === 'usage.read') return
  await expect(run(parts, billing, input)).rejects.toMatchObject({ code: 'permission_denied', status: 403 })
  expect(await parts.store.registry.list('key')).toEqual([])
})

test.each(every)('$name refuses a field it does not know', async ({ run, input }) => {
  const refused = run(parts, operator, { ...input, colour: 'red' })
  await expect(refused).rejects.toMatchObject({ code: 'invalid_value', param: 'colour' })
})

test.each(every)('$name refuses what is no object', async ({ run }) => {
  for (const input of [undefined, null, 'key_a', ['key_a']])
    await expect(run(parts, operator, input)).rejects.toMatchObject({ code: 'invalid_value' })
})

test.each([
  { run: createKey, input: {}, param: 'name', says: 'name must be a text.' },
  { run: createKey, input: { name: ' ' }, param: 'name', says: 'name must not be empty.' },
  {
    run: createKey,
    input: { name: 'a', mode: 'dead' },
    param: 'mode',
    says: 'mode must be one of live, test, not "dead".',
  },
  {
    run: createKey,
    input: { name: 'a', models: 'm' },
    param: 'models',
    says: 'models must be a list of model ids or globs.',
  },
  { run: createKey, input: { name: 'a', models: ['m', ''] }, param: 'models.1', says: 'models.1 must not be empty.' },
  {
    run: createKey,
    input: { name: 'a', expires_at: 'soon' },
    param: 'expires_at',
    says: 'expires_at must be a moment such as 2026-11-22T09:00:00Z.',
  },
  {
    run: createKey,
    input: { name: 'a', expires_at: '2026-11-22T12:00:00Z' },
    param: 'expires_at',
    says: 'expires_at is in the past.',
  },
  { run: showKey, input: {}, param: 'id', says: 'id must be a text.' },
  {
    run: totalUsage,
    input: { by: 'planet' },
    param: 'by',
    says: 'by must be one of key, model, day, hour, team, environment, member, customer, tag, account, provider, not "planet".',
  },
])('$input is refused: $says', async ({ run, input, param, says }) => {
  const error: unknown = await run(parts, operator, input).catch((thrown: unknown) => thrown)
  expect(SpekaError.is(error) && [error.code, error.param, error.message]).toEqual(['invalid_value', param, says])
})

test.each([showKey, revokeKey, rotateKey])('a key that is not there is not found', async (run) => {
  const refused = run(parts, operator, { id: 'key_none' })
  await expect(refused).rejects.toMatchObject({ code: 'key_not_found', status: 404 })
})
