import { jest } from '@jest/globals'
import type { TokenRecord } from '../store/records.ts'
import { accountRecord, put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { actorOfToken, isStillHeld, mintToken } from './admin-tokens.ts'

const pepper = Buffer.from('pepper')

/** A store with one token in it. */
async function withToken(changes: Partial<TokenRecord> = {}) {
  const store = openMemoryStore()
  await put(store, 'account', accountRecord('acc_1'))
  const { token, id, digest } = mintToken(pepper)
  const record: TokenRecord = { id, account: 'acc_1', name: 't', role: 'admin', digest, createdAt: 1, ...changes }
  await put(store, 'token', record)
  const actorOf = (given: string, now = 1000) =>
    actorOfToken(given, { registry: store.registry, pepper: async () => pepper, now })
  return { store, token, record, actorOf }
}

test('who holds a token acts in its account and its role', async () => {
  const { token, record, actorOf } = await withToken()
  expect(await actorOf(token)).toEqual({ kind: 'account', account: 'acc_1', role: 'admin', by: record.id })
})

test('who holds a token of the operator is one', async () => {
  const { token, record, actorOf } = await withToken({ account: '', role: 'operator' })
  expect(await actorOf(token)).toEqual({ kind: 'operator', by: record.id })
})

test('nothing but the token itself is one', async () => {
  const { token, record, actorOf } = await withToken()
  const others = [
    '',
    record.id,
    record.digest,
    token.slice(0, -1),
    `${token}x`,
    `${token.slice(0, -1)}_`,
    mintToken(pepper).token,
  ]
  for (const other of others.filter((other) => other !== token)) expect(await actorOf(other)).toBeUndefined()
})

test.each([{ revokedAt: 5 }, { expiresAt: 1000 }])('a token that has ended is none: %j', async (changes) => {
  const { token, actorOf } = await withToken(changes)
  expect(await actorOf(token)).toBeUndefined()
})

test('a token that will end is one until then', async () => {
  const { token, actorOf } = await withToken({ expiresAt: 1001 })
  expect(await actorOf(token, 1000)).toBeDefined()
  expect(await actorOf(token, 1001)).toBeUndefined()
})

test('what does not look like a token is not looked for', async () => {
  const { registry } = openMemoryStore()
  const findBy = jest.spyOn(registry, 'findBy')
  for (const given of ['speka-admin-', `speka-admin-${'a'.repeat(44)}`, `x${mintToken(pepper).token}`])
    await actorOfToken(given, { registry, pepper: async () => pepper, now: 1 })
  expect(findBy).not.toHaveBeenCalled()
})

test('a token of a suspended account is none, while it is', async () => {
  const { store, token, actorOf } = await withToken()
  await put(store, 'account', accountRecord('acc_1', { status: 'suspended' }))
  expect(await actorOf(token)).toBeUndefined()
  await put(store, 'account', accountRecord('acc_1'))
  expect(await actorOf(token)).toBeDefined()
})

/** Whether who came in by a token that has become so would still, at a moment. */
async function isHeld(changes: Partial<TokenRecord>, now = 1000): Promise<boolean> {
  const store = openMemoryStore()
  await put(store, 'account', accountRecord('acc'))
  const { id, digest } = mintToken(pepper)
  await put(store, 'token', { id, account: 'acc', name: 't', role: 'admin', digest, createdAt: 1, ...changes })
  return isStillHeld({ kind: 'account', account: 'acc', role: 'admin', by: id }, store.registry, now)
}

test('what goes on behind a token goes on for as long as that is in force', async () => {
  expect(await isHeld({})).toBe(true)
  expect(await isHeld({ expiresAt: 1001 })).toBe(true)
  expect(await isHeld({ expiresAt: 1000 })).toBe(false)
  expect(await isHeld({ revokedAt: 5 })).toBe(false)
})

test('a token that is not there is held by nobody, and who came without one needs none', async () => {
  const { registry } = openMemoryStore()
  expect(await isStillHeld({ kind: 'operator', by: 'tok_gone' }, registry, 0)).toBe(false)
  expect(await isStillHeld({ kind: 'operator', by: 'cli' }, registry, 0)).toBe(true)
})
