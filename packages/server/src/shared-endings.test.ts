import { jest } from '@jest/globals'
import { SpekaError } from '@speka/core'
import { createKeyRecord } from './keys/create-key.ts'
import { openKeyDirectory, type KeyDirectory } from './keys/key-directory.ts'
import type { KeysInUse } from './keys/keys-in-use.ts'
import type { NoticeListener } from './notices/notice-board.ts'
import { SharedEndings } from './shared-endings.ts'
import { accountRecord, keyRecord, memberRecord, put } from './store/__fixtures__/records.ts'
import { openMemoryStore } from './store/memory/open-store.ts'
import type { AnyKept, Registry } from './store/registry.ts'

/** How often a directory asks the store, in ms. */
const ROUND_MS = 1000
const rounds = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * ROUND_MS)

const opened: KeyDirectory[] = []
beforeEach(() => {
  jest.useFakeTimers({ now: 0 })
})
afterEach(() => {
  for (const directory of opened.splice(0)) void directory.close()
  jest.useRealTimers()
})

/** A line between replicas that says to all what one says, as long as it is there. */
class Line {
  readonly #listeners = new Set<NoticeListener>()
  readonly said: string[] = []
  isThere = true
  readonly board = {
    publish: async (_: string, text: string) => {
      if (!this.isThere) return false
      this.said.push(text)
      for (const listener of this.#listeners) listener.heard(text)
      return true
    },
    subscribe: (_: string, listener: NoticeListener) => {
      this.#listeners.add(listener)
      return () => void this.#listeners.delete(listener)
    },
  }
}

/** Two replicas with one store, and a line between them that does not go by it. */
async function twoReplicas() {
  const store = openMemoryStore()
  const line = new Line()
  const [account, pepper] = [accountRecord('acc_1'), 'a pepper for tests']
  const member = memberRecord('mem_1', account.id)
  const { key, record } = createKeyRecord(
    { name: 'team a', mode: 'live', account: account.id, member: member.id },
    Buffer.from(pepper),
  )
  await put(store, 'account', account)
  await put(store, 'member', member)
  await put(store, 'key', record)

  async function replica() {
    const cut = { off: false, hung: false }
    const through = <Answer>(answer: () => Promise<Answer>): Promise<Answer> => {
      if (cut.hung) return new Promise(() => {})
      return cut.off ? Promise.reject(new SpekaError('storage_unavailable', 'gone')) : answer()
    }
    const registry: Registry = {
      ...store.registry,
      changedSince: (version) => through(() => store.registry.changedSince(version)),
      findBy: (kind, lookup) => through(() => store.registry.findBy(kind, lookup)),
      get: (kind, id) => through(() => store.registry.get(kind, id)),
    }
    const shared = new SharedEndings(line.board)
    const keys = await openKeyDirectory({
      registry,
      pepper,
      dataDir: '/nowhere',
      pollMs: ROUND_MS,
      admitMs: 60_000,
      onChange: (changed, version) => shared.take(changed, version),
      onUnheard: (version) => shared.ask(version),
    })
    opened.push(keys)
    shared.tellTo(keys)
    const told: string[] = []
    const inUse: KeysInUse = {
      keys: () => [record],
      refuse: (_, error) => void told.push(error.message),
      renew: () => {},
    }
    keys.heed(inUse)
    const outcome = async () => {
      try {
        return (await keys.authenticate(`Bearer ${key}`)).name
      } catch (error) {
        return SpekaError.is(error) ? error.message : error
      }
    }
    expect(await outcome()).toBe('team a')
    return { cut, keys, told, outcome }
  }
  return { store, line, account, member, record, heard: await replica(), unheard: await replica() }
}

const endings = [
  {
    what: 'a key that is revoked',
    end: ({ store, record }: Awaited<ReturnType<typeof twoReplicas>>) => put(store, 'key', { ...record, revokedAt: 5 }),
    says: /was revoked/,
  },
  {
    what: 'a key whose member is removed',
    end: ({ store, member }: Awaited<ReturnType<typeof twoReplicas>>) =>
      put(store, 'member', { ...member, status: 'removed' as const }),
    says: /has left the account/,
  },
  {
    what: 'a key whose account is suspended',
    end: ({ store, account }: Awaited<ReturnType<typeof twoReplicas>>) =>
      put(store, 'account', { ...account, status: 'suspended' as const }),
    says: /is suspended/,
  },
]

test.each(endings)(
  '$what stops on a replica that is cut off from the store, with what is under way',
  async (ending) => {
    const two = await twoReplicas()
    two.unheard.cut.off = true
    await rounds(2)
    expect(await two.unheard.outcome()).toBe('team a')
    await ending.end(two)
    two.heard.keys.look()
    await rounds(0)
    expect(await two.unheard.outcome()).toMatch(ending.says)
    expect(two.unheard.told).toEqual([expect.stringMatching(ending.says)])
  },
)

test.each(['off', 'hung'] as const)('what was missed is asked for in each round (%s)', async (how) => {
  const { store, line, record, heard, unheard } = await twoReplicas()
  unheard.cut[how] = true
  line.isThere = false
  await put(store, 'key', { ...record, revokedAt: 5 })
  await rounds(10)
  expect([await heard.outcome(), await unheard.outcome()]).toEqual([expect.stringMatching(/was revoked/), 'team a'])
  line.isThere = true
  await rounds(1)
  expect(await unheard.outcome()).toMatch(/was revoked/)
})

test('a cut and a revocation at once: the key stops within four rounds', async () => {
  const { store, record, unheard } = await twoReplicas()
  unheard.cut.hung = true
  await put(store, 'key', { ...record, revokedAt: 5 })
  await rounds(4)
  expect(await unheard.outcome()).toMatch(/was revoked/)
})

test('what others say counts until the store is heard again, and then what that says', async () => {
  const { line, record, unheard } = await twoReplicas()
  unheard.cut.off = true
  await rounds(2)
  const endingOfOurs = { version: 1000, endings: [{ kind: 'key', id: record.id, revokedAt: 5 }] }
  await line.board.publish('endings', JSON.stringify(endingOfOurs))
  expect(await unheard.outcome()).toMatch(/was revoked/)
  unheard.cut.off = false
  await rounds(1)
  expect(await unheard.outcome()).toBe('team a')
})

test('a replica that hears the store goes by nobody else', async () => {
  const { line, record, heard } = await twoReplicas()
  await rounds(2)
  await line.board.publish(
    'endings',
    JSON.stringify({ version: 1000, endings: [{ kind: 'key', id: record.id, revokedAt: 5 }] }),
  )
  expect(await heard.outcome()).toBe('team a')
  expect(line.said).toHaveLength(1)
})

test('an account that is active again is told of as ended no longer', async () => {
  const { store, line, account, unheard } = await twoReplicas()
  line.isThere = false
  unheard.cut.off = true
  await put(store, 'account', { ...account, status: 'suspended' })
  await rounds(2)
  await put(store, 'account', account)
  await rounds(2)
  line.isThere = true
  await rounds(3)
  expect(await unheard.outcome()).toBe('team a')
})

test.each([
  'no JSON',
  '[]',
  '{"version":1000}',
  '{"version":1000,"endings":[null,{"kind":"team","id":"a"},{"kind":"key"},{"kind":"key","id":7}]}',
])('what is no such notice changes nothing: %s', async (text) => {
  const { line, unheard } = await twoReplicas()
  unheard.cut.off = true
  await rounds(2)
  await line.board.publish('endings', text)
  expect(await unheard.outcome()).toBe('team a')
})

test('what is too long for one notice goes in several', async () => {
  const { store, line, account, unheard, heard, record } = await twoReplicas()
  unheard.cut.off = true
  await rounds(2)
  line.said.length = 0
  for (let made = 0; made < 200; made += 1) {
    const { record: other } = createKeyRecord(
      { name: 'one of many', mode: 'live', account: account.id },
      Buffer.from('a pepper for tests'),
    )
    await put(store, 'key', { ...other, revokedAt: 5 })
  }
  await put(store, 'key', { ...record, revokedAt: 5 })
  heard.keys.look()
  await rounds(0)
  expect(await unheard.outcome()).toMatch(/was revoked/)
  const ofEndings = line.said.filter((text) => text.includes('endings'))
  expect(ofEndings.length).toBeGreaterThan(1)
  expect(ofEndings.every((text) => Buffer.byteLength(text) <= 7000)).toBe(true)
})

/** One replica alone: what it says, what its directory is told, and a way to say something to it. */
function alone() {
  const listeners = new Set<NoticeListener>()
  const said: { version?: number; since?: number; endings?: { id: string }[] }[] = []
  const shared = new SharedEndings({
    publish: async (_, text) => (said.push(JSON.parse(text) as object), true),
    subscribe: (_, listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  })
  const told: unknown[] = []
  shared.tellTo({ hearOfEndings: (endings, version) => void told.push({ version, endings }) })
  const hear = (notice: object): void => {
    for (const listener of listeners) listener.heard(JSON.stringify(notice))
  }
  return { shared, said, told, hear }
}

const keyThat = (id: string, ends: object): AnyKept => ({
  kind: 'key',
  revision: 1,
  record: { ...keyRecord({ id }), ...ends },
})

test('a replica says what has ended as it hears of it, and what is newer than somebody knows when he asks', () => {
  const { shared, said, hear } = alone()
  const [first, second] = [
    { kind: 'key', id: 'first', revokedAt: 1 },
    { kind: 'key', id: 'second', expiresAt: 2 },
  ]
  shared.take([keyThat('first', { revokedAt: 1 }), keyThat('fine', {})], 5)
  shared.take([keyThat('second', { expiresAt: 2 })], 7)
  shared.take([keyThat('fine', {})], 8)
  expect(said).toEqual([
    { version: 5, endings: [first] },
    { version: 7, endings: [second] },
  ])
  hear({ since: 4 })
  hear({ since: 5 })
  hear({ since: 7 })
  expect(said.slice(2)).toEqual([
    { version: 7, endings: [first, second] },
    { version: 7, endings: [second] },
  ])
  shared.ask(9)
  expect(said.at(-1)).toEqual({ since: 9 })
})

test('what ends no longer is told to nobody who asks', () => {
  const { shared, said, hear } = alone()
  shared.take([keyThat('key', { expiresAt: 5 })], 1)
  shared.take([keyThat('key', {})], 2)
  hear({ since: 0 })
  expect(said).toHaveLength(1)
})

test('of ten thousand endings and one the oldest is forgotten', () => {
  const { shared, said, hear } = alone()
  shared.take(
    Array.from({ length: 10_001 }, (_, made) => keyThat(`key_${made}`, { revokedAt: 1 })),
    1,
  )
  const before = said.length
  hear({ since: 0 })
  const ids = said.slice(before).flatMap(({ endings = [] }) => endings.map(({ id }) => id))
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([10_000, 'key_1', 'key_10000'])
})

test('of a notice is read what ends, with its moments, until the line is closed', async () => {
  const { shared, told, hear } = alone()
  const account = { kind: 'account', id: 'acc' }
  const member = { kind: 'member', id: 'mem' }
  const moments = { revokedAt: 1, expiresAt: 2, replacedUntil: 3 }
  const endings = [
    { kind: 'key', id: 'a', ...moments },
    { kind: 'key', id: 'b', revokedAt: '1', expiresAt: null },
    account,
    member,
    { kind: 'key' },
    { kind: 'planet', id: 'earth' },
  ]
  hear({ version: 3, endings })
  expect(told).toEqual([
    { version: 3, endings: [{ kind: 'key', id: 'a', ...moments }, { kind: 'key', id: 'b' }, account, member] },
  ])
  await shared.close()
  hear({ version: 4, endings })
  expect(told).toHaveLength(1)
})
