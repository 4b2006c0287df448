import { accountRecord, keyRecord, put, somebody } from './__fixtures__/records.ts'
import type { Store } from './store.ts'

/** How the audit of every store behaves. A part of `describeStore`. */
export function describeAudit(opened: () => Store): void {
  describe('audit', () => {
    test('has an entry for every record of every change: who, what, before and after, and no secret', async () => {
      const { registry, audit } = opened()
      const key = keyRecord({ account: 'acc_1' })
      const by = { at: 7, actor: 'tok_1', action: 'account.create' }
      const writes = [
        { kind: 'account', after: accountRecord('acc_1') },
        { kind: 'key', after: key },
      ] as const
      const [, before] = await registry.change(writes, by)
      await registry.change([{ kind: 'key', before, after: { ...key, revokedAt: 9 } }], {
        ...by,
        at: 9,
        action: 'key.revoke',
      })
      const entries = await audit.list()
      expect(entries).toMatchObject([
        { n: 1, at: 7, actor: 'tok_1', action: 'account.create', kind: 'account', object: 'acc_1', before: null },
        { n: 2, at: 7, action: 'account.create', kind: 'key', object: key.id, account: 'acc_1', before: null },
        { n: 3, at: 9, action: 'key.revoke', kind: 'key', object: key.id, account: 'acc_1' },
      ])
      expect(entries[2]?.before).toBe(entries[1]?.after)
      expect(JSON.parse(entries[2]?.after ?? '')).toEqual({ name: key.name, mode: 'live', limits: {}, revokedAt: 9 })
      expect(JSON.stringify(entries)).not.toContain(key.digest)
      expect(entries[2]?.previous).toBe(entries[1]?.hash)
    })

    test('is listed from a moment, behind an entry, of an account', async () => {
      const { registry, audit } = opened()
      for (const [at, id] of [
        [10, 'acc_1'],
        [30, 'acc_2'],
        [20, 'acc_1_b'],
      ] as const)
        await registry.change([{ kind: 'account', after: accountRecord(id) }], { ...somebody, at })
      const shown = async (query: object) => (await audit.list(query)).map(({ n }) => n)
      expect(await shown({})).toEqual([1, 2, 3])
      // A clock that was put back hides nothing: each entry is judged by its own moment.
      expect(await shown({ since: 20 })).toEqual([2, 3])
      expect(await shown({ after: 1, limit: 1 })).toEqual([2])
      expect(await shown({ account: 'acc_2' })).toEqual([2])
      expect(await shown({ after: 3 })).toEqual([])
    })

    test('fits, whatever was changed, and after a clock that went back', async () => {
      const { audit } = opened()
      expect(await audit.verify()).toEqual({ entries: 0 })
      const { record } = await put(opened(), 'key', keyRecord())
      await opened().registry.change([{ kind: 'account', after: accountRecord('acc_1') }], {
        ...somebody,
        at: -3_600_000,
      })
      await put(opened(), 'key', { ...record, revokedAt: 1 })
      expect(await audit.verify()).toEqual({ entries: 3 })
    })
  })
}
