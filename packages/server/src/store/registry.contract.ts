import { accountRecord, keyRecord, memberRecord, put, somebody } from './__fixtures__/records.ts'
import { memberLookup } from './registry.ts'
import type { Store } from './store.ts'

/** How the registry of every store behaves. A part of `describeStore`. */
export function describeRegistry(opened: () => Store): void {
  const registry = () => opened().registry
  const ids = async (query: object) => (await registry().list('key', query)).map(({ record }) => record.id)

  describe('registry', () => {
    test('has the default account from the first', async () => {
      const kept = await registry().get('account', 'default')
      const record = {
        id: 'default',
        account: 'default',
        name: 'default',
        plan: 'none',
        status: 'active',
        createdAt: 0,
      }
      expect(kept).toEqual({ kind: 'account', revision: 1, record })
      expect(await registry().list('account')).toEqual([kept])
    })

    test('keeps each kind of record as it was', async () => {
      const key = keyRecord({
        limits: { models: ['acme/*'], endpoints: ['chat'], providers: ['a'] },
        expiresAt: 99_000,
      })
      const replaced = { revokedAt: 5, replacedBy: 'key_new', replacedUntil: 7 }
      const token = {
        id: 'tok_1',
        account: '',
        name: 't',
        role: 'operator',
        digest: 'd'.repeat(64),
        createdAt: 1,
      } as const
      const records = [
        { kind: 'account', after: accountRecord('acc_1', { email: 'a@example.com', status: 'suspended' }) },
        { kind: 'team', after: { id: 'team_1', account: 'acc_1', name: 'ünïcode 🐢 عربى', createdAt: 3 } },
        { kind: 'member', after: memberRecord('mem_1', 'acc_1', { email: 'Ann@Example.com' }) },
        { kind: 'key', after: key },
        { kind: 'key', after: keyRecord({ ...replaced, mode: 'test' }) },
        { kind: 'token', after: token },
      ] as const
      await registry().change(records, somebody)
      for (const { kind, after } of records)
        expect(await registry().get(kind, after.id)).toEqual({ kind, revision: 1, record: after })
      expect(await registry().get('team', key.id)).toBeUndefined()
    })

    test('finds a key by its digest and a member by his address, however it is written, and by nothing else', async () => {
      const key = await put(opened(), 'key', keyRecord())
      const member = await put(opened(), 'member', memberRecord('mem_1', 'acc_1', { email: 'Ann@Example.com' }))
      expect(await registry().findBy('key', key.record.digest)).toEqual(key)
      expect(await registry().findBy('key', key.record.id)).toBeUndefined()
      expect(await registry().findBy('token', key.record.digest)).toBeUndefined()
      const address = memberLookup({ account: 'acc_1', email: 'ann@example.COM' })
      expect(await registry().findBy('member', address)).toEqual(member)
      expect(
        await registry().findBy('member', memberLookup({ account: 'acc_2', email: 'ann@example.com' })),
      ).toBeUndefined()
    })

    test('finds the members with an address in every account, however it is written', async () => {
      const members = [
        memberRecord('mem_1', 'acc_1', { email: 'Ann@Example.com', createdAt: 2 }),
        memberRecord('mem_2', 'acc_2', { email: 'ann@example.com', createdAt: 1, status: 'removed' }),
        memberRecord('mem_3', 'acc_2', { email: 'anna@example.com' }),
      ]
      for (const member of members) await put(opened(), 'member', member)
      const found = await registry().membersOf('ANN@example.com')
      expect(found.map(({ record }) => record.id)).toEqual(['mem_2', 'mem_1'])
      expect(await registry().membersOf('nn@example.com')).toEqual([])
    })

    test('lists the oldest first, a page at a time, of one account or of all', async () => {
      const made = []
      for (const createdAt of [3, 1, 2, 2, 9]) {
        const { record } = await put(
          opened(),
          'key',
          keyRecord({ createdAt, account: createdAt === 1 ? 'acc_2' : 'acc_1' }),
        )
        made.push(record.id)
      }
      const [three, one, two, twoAsWell, nine] = made
      const twos = [two, twoAsWell].sort()
      expect(await ids({})).toEqual([one, ...twos, three, nine])
      expect(await ids({ account: 'acc_1' })).toEqual([...twos, three, nine])
      expect(await ids({ account: 'acc_1', limit: 1 })).toEqual([twos[0]])
      expect(await ids({ account: 'acc_1', after: twos[0], limit: 2 })).toEqual([twos[1], three])
      expect(await ids({ after: one, limit: 1 })).toEqual([twos[0]])
      expect(await ids({ after: nine })).toEqual([])
      expect(await ids({ after: 'key_made_up' })).toEqual([])
      expect(await ids({ account: 'acc_none' })).toEqual([])
    })

    test('of two changes of what both have read, the second is told that it is one', async () => {
      const before = await put(opened(), 'account', accountRecord('acc_1'))
      const rename = (name: string) =>
        registry().change([{ kind: 'account', before, after: { ...before.record, name } }], somebody)
      const both = await Promise.allSettled([rename('first'), rename('second')])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      expect(refused.reason).toMatchObject({ code: 'conflict', status: 409 })
      expect(refused.reason.message).toMatch(/changed by somebody else meanwhile.*Read it again/)
      expect(await registry().get('account', 'acc_1')).toMatchObject({ revision: 2 })
    })

    test('a change is made whole or not at all', async () => {
      const stale = await put(opened(), 'account', accountRecord('acc_1'))
      await put(opened(), 'account', accountRecord('acc_1', { name: 'newer' }))
      const version = await registry().version()
      const audited = await opened().audit.list()
      const key = keyRecord()
      const change = [
        { kind: 'key', after: key },
        { kind: 'account', before: stale, after: accountRecord('acc_1', { name: 'stale' }) },
      ] as const
      await expect(registry().change(change, somebody)).rejects.toMatchObject({ code: 'conflict' })
      expect(await registry().get('key', key.id)).toBeUndefined()
      expect(await registry().get('account', 'acc_1')).toMatchObject({ record: { name: 'newer' } })
      expect(await registry().version()).toBe(version)
      expect(await opened().audit.list()).toEqual(audited)
    })

    test.each(['id', 'digest'] as const)('a second key with the same %s is refused', async (field) => {
      const { record } = await put(opened(), 'key', keyRecord())
      const again = registry().change([{ kind: 'key', after: { ...keyRecord(), [field]: record[field] } }], somebody)
      await expect(again).rejects.toMatchObject({ code: 'invalid_value' })
      expect((await registry().list('key')).map((kept) => kept.record)).toEqual([record])
    })

    test('an address is in an account once, whatever its case', async () => {
      await put(opened(), 'member', memberRecord('mem_1', 'acc_1', { email: 'ann@example.com' }))
      const again = put(opened(), 'member', memberRecord('mem_2', 'acc_1', { email: 'ANN@example.com' }))
      await expect(again).rejects.toMatchObject({ code: 'invalid_value' })
      await put(opened(), 'member', memberRecord('mem_3', 'acc_2', { email: 'ann@example.com' }))
      expect(await registry().list('member')).toHaveLength(2)
    })

    test('a change makes a new version, and nothing else does', async () => {
      const first = await registry().version()
      const { record } = await put(opened(), 'key', keyRecord())
      const second = await registry().version()
      expect(second).toBeGreaterThan(first)
      await registry().noteUses([{ id: record.id, at: 5 }])
      await registry().list('key')
      expect(await registry().version()).toBe(second)
    })

    test('tells what has changed since a version, once and as it is now', async () => {
      await put(opened(), 'key', keyRecord())
      const before = await registry().version()
      expect(await registry().changedSince(before)).toEqual({ version: before, changed: [] })
      await put(opened(), 'account', accountRecord('acc_1'))
      const account = await put(opened(), 'account', accountRecord('acc_1', { status: 'suspended' }))
      const key = await put(opened(), 'key', keyRecord())
      const { version, changed } = await registry().changedSince(before)
      expect(version).toBe(await registry().version())
      expect(changed).toHaveLength(2)
      expect(changed).toEqual(expect.arrayContaining([account, key]))
    })

    test('keys with the same labels share a set, in whatever order they were given', async () => {
      const labels = { team: 'team_1', environment: 'prod', member: 'mem_1' }
      const one = await put(opened(), 'key', keyRecord({ ...labels, tags: ['b', 'a', 'b'] }))
      const same = await put(opened(), 'key', keyRecord({ ...labels, tags: ['a', 'b'] }))
      const other = await put(opened(), 'key', keyRecord({ ...labels, tags: ['a'] }))
      const none = await put(opened(), 'key', keyRecord({ tags: [] }))
      expect(one.record.labels).toBeGreaterThan(0)
      expect(same.record.labels).toBe(one.record.labels)
      expect(other.record.labels).not.toBe(one.record.labels)
      expect(none.record.labels).toBe(0)
      expect(await registry().labelSet(one.record.labels)).toEqual({ ...labels, tags: ['a', 'b'] })
      expect(await registry().labelSet(0)).toBeUndefined()
      const moved = await put(opened(), 'key', { ...one.record, tags: ['a'] })
      expect(moved.record.labels).toBe(other.record.labels)
      expect(await registry().get('key', one.record.id)).toEqual(moved)
    })

    test('remembers when a key was last used: the latest, in whatever order it hears of it', async () => {
      await registry().noteUses([
        { id: 'key_a', at: 10 },
        { id: 'key_b', at: 20 },
      ])
      await registry().noteUses([
        { id: 'key_a', at: 9 },
        { id: 'key_b', at: 21 },
      ])
      expect(await registry().usesOf(['key_a', 'key_none', 'key_b'])).toEqual([
        { id: 'key_a', at: 10 },
        { id: 'key_b', at: 21 },
      ])
    })
  })
}
