import { accountRecord, keyRecord, memberRecord } from '../store/__fixtures__/records.ts'
import type { AnyKept } from '../store/registry.ts'
import { EndedElsewhere, endingOf, type Ending } from './ended-elsewhere.ts'

const kept = (kind: string, record: object): AnyKept => ({ kind, revision: 1, record }) as AnyKept
const key = keyRecord({ id: 'key_1', account: 'acc', member: 'mem' })

test.each<[what: string, kept: AnyKept, ending: Ending | undefined]>([
  ['a key', kept('key', key), undefined],
  [
    'a key that is revoked',
    kept('key', { ...key, revokedAt: 5 }),
    { kind: 'key', id: 'key_1', revokedAt: 5, expiresAt: undefined, replacedUntil: undefined },
  ],
  [
    'a key that expires',
    kept('key', { ...key, expiresAt: 6 }),
    { kind: 'key', id: 'key_1', revokedAt: undefined, expiresAt: 6, replacedUntil: undefined },
  ],
  [
    'a key that is replaced',
    kept('key', { ...key, replacedUntil: 7 }),
    { kind: 'key', id: 'key_1', revokedAt: undefined, expiresAt: undefined, replacedUntil: 7 },
  ],
  ['an account', kept('account', accountRecord('acc')), undefined],
  [
    'an account that is suspended',
    kept('account', accountRecord('acc', { status: 'suspended' })),
    { kind: 'account', id: 'acc' },
  ],
  ['a member', kept('member', memberRecord('mem', 'acc')), undefined],
  [
    'a member that has left',
    kept('member', memberRecord('mem', 'acc', { status: 'removed' })),
    { kind: 'member', id: 'mem' },
  ],
  ['a team', kept('team', { id: 'team', account: 'acc', name: 'a', createdAt: 1 }), undefined],
])('%s ends what it ends', (_, changed, ending) => {
  expect(endingOf(changed)).toEqual(ending)
})

/** Why the key may not be used at a moment, after these endings were heard of. */
function refusal(endings: readonly Ending[], now = 10, of = key): string | undefined {
  const elsewhere = new EndedElsewhere()
  elsewhere.take(endings)
  return elsewhere.refusalOf(of, now)?.message
}

test.each<[Ending, RegExp]>([
  [{ kind: 'key', id: 'key_1', revokedAt: 5 }, /was revoked/],
  [{ kind: 'key', id: 'key_1', expiresAt: 10 }, /has expired/],
  [{ kind: 'key', id: 'key_1', replacedUntil: 10 }, /was replaced/],
  [{ kind: 'member', id: 'mem' }, /has left the account/],
  [{ kind: 'account', id: 'acc' }, /is suspended/],
])('a key is refused for %j', (ending, says) => {
  expect(refusal([ending])).toMatch(says)
  expect(refusal([{ kind: 'key', id: 'other', revokedAt: 5 }, ending])).toMatch(says)
})

test.each<[Ending]>([
  [{ kind: 'key', id: 'key_1', expiresAt: 11 }],
  [{ kind: 'key', id: 'key_1', replacedUntil: 11 }],
  [{ kind: 'key', id: 'key_2', revokedAt: 5 }],
  [{ kind: 'member', id: 'other' }],
  [{ kind: 'account', id: 'other' }],
  [{ kind: 'account', id: 'mem' }],
  [{ kind: 'member', id: 'acc' }],
])('a key is not refused for %j', (ending) => {
  expect(refusal([ending])).toBeUndefined()
})

test('a key whose own end is yet to come ends with its account all the same', () => {
  const suspended = { kind: 'account', id: 'acc' } as const
  expect(refusal([{ kind: 'key', id: 'key_1', expiresAt: 11 }, suspended])).toMatch(/is suspended/)
  expect(refusal([suspended], 10, { ...key, member: undefined })).toMatch(/is suspended/)
})

test('once the store is heard again nothing counts that others have said', () => {
  const elsewhere = new EndedElsewhere()
  expect(elsewhere.refusalOf(key, 10)).toBeUndefined()
  elsewhere.take([{ kind: 'account', id: 'acc' }])
  elsewhere.forget()
  expect(elsewhere.refusalOf(key, 10)).toBeUndefined()
})
