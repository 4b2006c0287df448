import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import { accountRecord, keyRecord, memberRecord, put, somebody } from '../__fixtures__/records.ts'
import type { Audit } from '../audit.ts'
import type { Registry } from '../registry.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresAudit } from './audit.ts'
import { postgresRegistry } from './registry.ts'
import { statement } from './session.ts'

const TEN = 10

describeWithPostgres('the registry of several replicas', () => {
  let opened: Replicas
  let registries: readonly Registry[]
  let audit: Audit
  beforeEach(async () => {
    opened = await openReplicas(TEN)
    registries = opened.replicas.map(postgresRegistry)
    audit = opened.replicas.map(postgresAudit)[0] as Audit
  })
  afterEach(() => opened.close())
  const first = () => ({ registry: registries[0] as Registry })
  const run = (sql: string) => opened.replicas[0]?.database.transact((session) => session.script(sql))

  test('that all change it at once has every change, one after the other, and one chain', async () => {
    const heard = registries[TEN - 1] as Registry
    const before = await heard.version()
    const keys = Array.from({ length: 100 }, (_, n) => keyRecord({ tags: [`t${n % 3}`] }))
    const kept = await Promise.all(keys.map((key, n) => put({ registry: registries[n % TEN] as Registry }, 'key', key)))
    expect(await heard.version()).toBe(before + keys.length)
    expect((await heard.changedSince(before)).changed).toHaveLength(keys.length)
    expect((await audit.list()).map(({ n }) => n)).toEqual(keys.map((_, n) => n + 1))
    expect(await audit.verify()).toEqual({ entries: keys.length })
    expect(new Set(kept.map(({ record }) => record.labels)).size).toBe(3)
  })

  test('has one of the changes of what all have read, and tells the others that it is one', async () => {
    const before = await put(first(), 'account', accountRecord('acc_1'))
    const renamed = await Promise.allSettled(
      registries.map((registry, n) =>
        registry.change([{ kind: 'account', before, after: { ...before.record, name: `name ${n}` } }], somebody),
      ),
    )
    expect(renamed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const refused of renamed.filter(({ status }) => status === 'rejected'))
      expect(refused).toMatchObject({ reason: { code: 'conflict' } })
    expect(await first().registry.get('account', 'acc_1')).toMatchObject({ revision: 2 })
    expect(await audit.verify()).toEqual({ entries: 2 })
  })

  test('has an address once, however many make it at once', async () => {
    const made = await Promise.allSettled(
      registries.map((registry, n) =>
        put({ registry }, 'member', memberRecord(`mem_${n}`, 'acc_1', { email: 'a@b.c' })),
      ),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const refused of made.filter(({ status }) => status === 'rejected'))
      expect(refused).toMatchObject({ reason: { code: 'invalid_value' } })
    expect(await first().registry.version()).toBe(2)
  })

  test('keeps the latest use of each key, whoever tells of it', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `key_${n}`)
    await Promise.all(
      registries.map((registry, n) => {
        const uses = ids.map((id) => ({ id, at: n }))
        return registry.noteUses(n % 2 === 0 ? uses : uses.toReversed())
      }),
    )
    expect(await first().registry.usesOf(ids)).toEqual(ids.map((id) => ({ id, at: TEN - 1 })))
  })

  test('forgets old sessions, but never the newest change, and the audit fits', async () => {
    const session = { account: '', how: 'admin_token', expiresAt: 5 } as const
    for (const n of [1, 2, 3, 4]) {
      const after = { ...session, id: `ses_${n}`, digest: `${n}`, createdAt: n }
      await first().registry.change([{ kind: 'session', after }], { ...somebody, at: 10 })
    }
    const version = await first().registry.version()
    await Promise.all(registries.map((registry) => registry.forgetSessions(4)))
    expect((await first().registry.list('session')).map(({ record }) => record.id)).toEqual(['ses_4'])
    await first().registry.forgetSessions(99)
    expect((await first().registry.list('session')).map(({ record }) => record.id)).toEqual(['ses_4'])
    expect(await first().registry.changedSince(version - 1)).toMatchObject({ version, changed: [{ kind: 'session' }] })
    expect(await audit.verify()).toEqual({ entries: 4 })
  })

  test('keeps labels that are longer than an index holds, once', async () => {
    const tags = Array.from({ length: 16 }, (_, n) => `${n} ${'Zoë李🐢'.repeat(200)}`)
    const [one, other] = [
      await put(first(), 'key', keyRecord({ tags })),
      await put(first(), 'key', keyRecord({ tags })),
    ]
    expect(other.record.labels).toBe(one.record.labels)
    expect(await first().registry.labelSet(one.record.labels)).toEqual({ tags: tags.toSorted() })
  })

  test('keeps what somebody calls something, with a character that PostgreSQL has not', async () => {
    const name = 'a\0b\ud800c'
    const key = await put(first(), 'key', keyRecord({ name, tags: [name] }))
    expect(key.record).toMatchObject({ name, tags: [name] })
    expect(await first().registry.labelSet(key.record.labels)).toEqual({ tags: [name] })
    const account = await put(first(), 'account', accountRecord('acc_1', { name }))
    expect(await first().registry.get('account', 'acc_1')).toEqual(account)
    expect(await audit.verify()).toEqual({ entries: 2 })
  })

  test('finds nothing by a text with such a character, and takes none as an id or an address', async () => {
    const { registry } = first()
    expect(await registry.get('key', 'key_\0')).toBeUndefined()
    expect(await registry.findBy('key', '\0')).toBeUndefined()
    expect(await registry.list('key', { account: '\0', after: '\0' })).toEqual([])
    expect(await registry.membersOf('a\0@example.com')).toEqual([])
    for (const bad of ['a\0', 'a\ud800']) {
      await expect(put(first(), 'account', accountRecord(bad))).rejects.toMatchObject({ code: 'invalid_value' })
      const member = memberRecord('mem_1', 'acc_1', { email: `${bad}@example.com` })
      await expect(put(first(), 'member', member)).rejects.toMatchObject({ code: 'invalid_value' })
    }
    expect(await audit.verify()).toEqual({ entries: 0 })
  })

  test.each(['UPDATE audit SET at = 0', 'DELETE FROM audit', 'TRUNCATE audit'])('refuses %s', async (sql) => {
    await put(first(), 'account', accountRecord('acc_1'))
    await expect(run(sql)).rejects.toThrow('append-only')
  })

  test.each([
    { what: 'an entry changed', sql: `UPDATE audit SET after = '{}' WHERE n = 2`, n: 2, why: /was changed/ },
    { what: 'an entry taken out', sql: 'DELETE FROM audit WHERE n = 2', n: 2, why: /entry 3 is in its place/ },
    { what: 'the last cut off', sql: 'DELETE FROM audit WHERE n = 3', n: 3, why: /is missing/ },
    {
      what: 'a record changed without one',
      sql: `UPDATE registry SET body = replace(body, 'acc_2', 'x') WHERE id = 'acc_2'`,
      n: 2,
      why: /account acc_2 is not as the audit says/,
    },
    {
      what: 'a record taken out',
      sql: `DELETE FROM registry WHERE id = 'acc_2'`,
      n: 2,
      why: /account acc_2, which it is about, is gone/,
    },
  ])('the audit tells of $what by hand', async ({ sql, n, why }) => {
    for (const id of ['acc_1', 'acc_2', 'acc_3']) await put(first(), 'account', accountRecord(id))
    await run(`ALTER TABLE audit DISABLE TRIGGER USER; ${sql}`)
    expect((await audit.verify()).broken).toEqual({ n, why: expect.stringMatching(why) })
  })

  test('the audit is read to its end, however long it is', async () => {
    const writes = Array.from(
      { length: 300 },
      (_, n) => ({ kind: 'account', after: accountRecord(`acc_${n}`) }) as const,
    )
    await first().registry.change(writes, somebody)
    for (let n = 0; n < 250; n += 1)
      await put({ registry: registries[n % TEN] as Registry }, 'account', accountRecord(`acc_${n}`, { createdAt: 1 }))
    expect(await audit.verify()).toEqual({ entries: 550 })
    await opened.replicas[0]?.database.run(statement(`UPDATE registry SET body = '{}' WHERE id = 'acc_299'`))
    expect((await audit.verify()).broken).toMatchObject({ n: 300 })
  })
})
