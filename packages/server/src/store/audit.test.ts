import { chained, verifyChain, type AuditDraft, type AuditedRecord, type AuditEntry } from './audit.ts'

const draft = (object: string, version: number, before: string | null, after: string): AuditDraft => ({
  at: 1,
  actor: 'operator:cli',
  action: 'key.update',
  kind: 'key',
  object,
  account: 'default',
  version,
  before,
  after,
})

const drafts = [
  draft('key_a', 2, null, '{"a":1}'),
  draft('key_b', 2, null, '{"b":1}'),
  draft('key_a', 3, '{"a":1}', '{"a":2}'),
  draft('key_b', 4, '{"b":1}', '{"b":2}'),
]

/** The entries of four changes, and the two records that they left. */
function written(): { entries: AuditEntry[]; records: AuditedRecord[] } {
  const entries: AuditEntry[] = []
  for (const one of drafts) entries.push(chained(one, entries.at(-1)))
  const records = [
    { kind: 'account', id: 'default', version: 1, body: '{}' },
    { kind: 'key', id: 'key_a', version: 3, body: '{"a":2}' },
    { kind: 'key', id: 'key_b', version: 4, body: '{"b":2}' },
  ]
  return { entries, records }
}

const verdict = ({ entries, records }: { entries: AuditEntry[]; records: AuditedRecord[] }) =>
  verifyChain(entries, records).broken

test('entries and records as they were written fit', () => {
  const { entries, records } = written()
  expect(verifyChain(entries, records)).toEqual({ entries: 4 })
})

test.each(['at', 'actor', 'action', 'kind', 'object', 'account', 'version', 'before', 'after'] as const)(
  'an entry whose %s was changed is named',
  (field) => {
    const { entries, records } = written()
    const [, second] = entries
    const changed = { ...second!, [field]: typeof second?.[field] === 'number' ? 99 : 'x' }
    expect(verdict({ entries: entries.with(1, changed), records })).toEqual({
      n: 2,
      why: 'it was changed after it was written',
    })
  },
)

test('an entry that was taken out is named, and so is one that was put in', () => {
  const { entries, records } = written()
  expect(verdict({ entries: entries.toSpliced(1, 1), records })).toEqual({ n: 2, why: 'entry 3 is in its place' })
  const made = chained(drafts[1]!, entries[3])
  expect(verdict({ entries: entries.with(1, { ...made, n: 2 }), records })?.n).toBe(2)
})

test('an entry that was written anew, hash and all, is given away by the next', () => {
  const { entries, records } = written()
  const forged = chained({ ...drafts[1]!, actor: 'somebody else' }, entries[0])
  expect(verdict({ entries: entries.with(1, forged), records })).toEqual({
    n: 3,
    why: 'it does not follow the entry before',
  })
})

test('an entry that is bent to follow a forged one is given away by its own hash', () => {
  const { entries, records } = written()
  const forged = chained({ ...drafts[0]!, actor: 'somebody else' }, undefined)
  const bent = { ...entries[1]!, previous: forged.hash }
  expect(verdict({ entries: [forged, bent, ...entries.slice(2)], records })).toEqual({
    n: 2,
    why: 'it was changed after it was written',
  })
})

test('the first entry follows nothing, and its number counts', () => {
  const first = chained(drafts[0]!, undefined)
  expect(first).toMatchObject({ n: 1, previous: '0'.repeat(64) })
  expect(chained(drafts[0]!, { n: 1, hash: first.previous }).hash).not.toBe(first.hash)
  expect(verifyChain([{ ...first, n: 2 }], [])).toEqual({
    entries: 2,
    broken: { n: 1, why: 'entry 2 is in its place' },
  })
  expect(verifyChain([], [{ kind: 'key', id: 'key_a', version: 2, body: '{}' }]).broken?.n).toBe(1)
})

test('a chain that was written anew from somewhere on is given away by what it says was there', () => {
  const { records } = written()
  const entries: AuditEntry[] = []
  for (const one of [drafts[0]!, drafts[1]!, { ...drafts[2]!, before: '{"a":0}' }, drafts[3]!])
    entries.push(chained(one, entries.at(-1)))
  expect(verdict({ entries, records })).toEqual({ n: 3, why: 'what it says was there is not what entry 1 left' })
})

test('the last entries that were cut off are missed', () => {
  const { entries, records } = written()
  expect(verdict({ entries: entries.slice(0, 3), records })).toMatchObject({
    n: 4,
    why: expect.stringMatching(/is missing/),
  })
})

test('a record that is gone, or that was made without an entry, is named', () => {
  const { entries, records } = written()
  const gone = { n: 3, why: 'key key_a, which it is about, is gone' }
  expect(verdict({ entries, records: records.toSpliced(1, 1) })).toEqual(gone)
  const made = { kind: 'key', id: 'key_c', version: 3, body: '{}' }
  const unsaid = { n: 5, why: 'it is missing: none says how key key_c was made' }
  expect(verdict({ entries, records: [...records, made] })).toEqual(unsaid)
})

test('a record that was changed without an entry is named', () => {
  const { entries, records } = written()
  const changed = records.with(1, { kind: 'key', id: 'key_a', version: 3, body: '{"a":3}' })
  expect(verdict({ entries, records: changed })).toEqual({
    n: 3,
    why: 'key key_a is not as the audit says it was left',
  })
})

describe('a session that is gone', () => {
  const session = (after: string) => ({ ...draft('ses_a', 2, null, after), kind: 'session' })
  const later = { ...draft('key_a', 3, null, '{}'), at: 1000 }
  const without = (after: string) => {
    const first = chained(session(after), undefined)
    const record = { kind: 'key', id: 'key_a', version: 3, body: '{}' }
    return verdict({ entries: [first, chained(later, first)], records: [record] })
  }

  test('has ended by the last entry, and is missed where it has not', () => {
    expect(without('{"expiresAt":1000}')).toBeUndefined()
    expect(without('{"expiresAt":1001}')).toEqual({ n: 1, why: 'session ses_a, which it is about, is gone' })
  })

  test('is missed where nobody knows when it ends', () => {
    expect(without('{"expiresAt":"0"}')).toMatchObject({ n: 1 })
    expect(without('{}')).toMatchObject({ n: 1 })
  })
})

test('an audit without an entry has none, and fits what comes with the gateway', () => {
  const record = { kind: 'account', id: 'default', version: 1, body: '{}' }
  expect(verifyChain([], [record])).toEqual({ entries: 0, broken: undefined })
})
