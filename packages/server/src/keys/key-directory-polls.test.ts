import { jest } from '@jest/globals'
import { SpekaError } from '@speka/core'
import { memberRecord, put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Registry } from '../store/registry.ts'
import type { KeyRecord } from '../store/store.ts'
import { createKeyRecord } from './create-key.ts'
import { openKeyDirectory, type KeyDirectory, type KeyDirectoryOptions } from './key-directory.ts'
import type { KeysInUse } from './keys-in-use.ts'

/** How often the directory asks the store, in ms. */
const ROUND_MS = 250
const rounds = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * ROUND_MS)

const opened: KeyDirectory[] = []
beforeEach(() => {
  jest.useFakeTimers({ now: 0 })
})
afterEach(() => {
  for (const directory of opened.splice(0)) void directory.close()
  jest.useRealTimers()
})

/** A directory on a store with one key, which may be made to answer otherwise. */
async function setUp(told: Pick<KeyDirectoryOptions, 'pollMs' | 'admitMs' | 'onSilence' | 'onUnheard'> = {}) {
  const store = openMemoryStore()
  const asked = { version: 0, key: 0 }
  const answers: Pick<Registry, 'changedSince' | 'findBy'> = { ...store.registry }
  const registry: Registry = {
    ...store.registry,
    changedSince: (version) => ((asked.version += 1), answers.changedSince(version)),
    findBy: (kind, lookup) => ((asked.key += 1), answers.findBy(kind, lookup)),
  }
  const { key, record } = createKeyRecord({ name: 'team a', mode: 'live' }, Buffer.from('a pepper for tests'))
  await put(store, 'key', record)
  const directory = await openKeyDirectory({
    registry,
    pepper: 'a pepper for tests',
    dataDir: '/nowhere',
    ...told,
  })
  opened.push(directory)
  const authenticate = () => directory.authenticate(`Bearer ${key}`)
  const outcome = async () => {
    try {
      return (await authenticate()).name
    } catch (error) {
      return SpekaError.is(error) ? error.message : error
    }
  }
  return { directory, store, answers, asked, record, authenticate, outcome }
}

/** What became of requests under way with one key. */
const underWay = (key: KeyRecord) => {
  const told: string[] = []
  const inUse: KeysInUse = { keys: () => [key], refuse: (_, error) => void told.push(error.message), renew: () => {} }
  return { inUse, told }
}

const gone = () => Promise.reject(new SpekaError('storage_unavailable', 'gone'))

test('a key that is known is let in for as long as is said while the store does not answer', async () => {
  const { answers, authenticate, outcome } = await setUp({ admitMs: 10_000 })
  await authenticate()
  answers.changedSince = gone
  answers.findBy = gone
  await rounds(38)
  expect(await outcome()).toBe('team a')
  await rounds(4)
  expect(await outcome()).toBe('gone')
})

test('a key stays known for as long as none changes', async () => {
  const { asked, record, authenticate } = await setUp()
  await authenticate()
  await rounds(20)
  expect(authenticate()).toEqual(record)
  // Once more when it was met: what was made with it is to be known by then.
  expect(asked).toEqual({ version: 20 + 1, key: 1 })
})

test('a key is forgotten, and looked up again, when it changes, and when no other does', async () => {
  const { store, asked, record, authenticate, outcome } = await setUp()
  await authenticate()
  await put(store, 'key', { ...record, id: 'key_other', digest: 'another' })
  await rounds(1)
  expect(authenticate()).toEqual(record)
  await put(store, 'key', { ...record, name: 'team b' })
  await rounds(1)
  expect(authenticate()).toBeInstanceOf(Promise)
  await rounds(20)
  expect(authenticate()).toEqual({ ...record, name: 'team b' })
  expect(asked.key).toBe(2)
  await put(store, 'key', { ...record, revokedAt: 5 })
  await rounds(1)
  expect(await outcome()).toMatch(/was revoked/)
})

test('a store that does not answer is asked once, and trusted for three rounds', async () => {
  const { answers, asked, record, authenticate, outcome } = await setUp()
  await authenticate()
  await rounds(4)
  answers.changedSince = () => new Promise(() => {})
  await rounds(3)
  expect(authenticate()).toEqual(record)
  expect(asked.version).toBe(5 + 1)
  await rounds(1)
  answers.findBy = gone
  expect(await outcome()).toBe('gone')
  expect(asked.version).toBe(5 + 1)
})

test('a store that fails is asked again each round', async () => {
  const { store, answers, asked, record, authenticate } = await setUp()
  await authenticate()
  answers.changedSince = gone
  await rounds(2)
  expect(authenticate()).toEqual(record)
  expect(asked.version).toBe(2 + 1)
  answers.changedSince = store.registry.changedSince
  await rounds(10)
  expect(authenticate()).toEqual(record)
})

test('who wants to know is told each round that the store is not heard, and then that nobody is let in from memory', async () => {
  const said: string[] = []
  const { store, answers } = await setUp({
    onUnheard: (version) => void said.push(`not heard since ${version}`),
    onSilence: () => void said.push('nobody is let in'),
  })
  answers.changedSince = gone
  await rounds(3)
  const unheard = `not heard since ${await store.registry.version()}`
  expect(said.splice(0)).toEqual([unheard, unheard, unheard])
  await rounds(2)
  expect(said.splice(0)).toEqual(['nobody is let in', unheard, 'nobody is let in', unheard])
  answers.changedSince = store.registry.changedSince
  await rounds(1)
  said.splice(0)
  answers.changedSince = () => new Promise(() => {})
  // One that is slow is waited for, for two rounds.
  await rounds(2)
  expect(said).toEqual([])
  await rounds(1)
  expect(said.splice(0)).toEqual([unheard])
  await rounds(1)
  expect(said).toEqual(['nobody is let in', unheard])
})

test('whom a key depends on is known anew when it was forgotten while the key was looked up', async () => {
  const { store, answers, record, outcome } = await setUp()
  const member = memberRecord('mem_1', record.account)
  await put(store, 'member', member)
  await put(store, 'key', { ...record, member: member.id })
  await rounds(1)
  const gate = Promise.withResolvers<void>()
  answers.changedSince = async (version) => {
    await gate.promise
    return store.registry.changedSince(version)
  }
  const slow = outcome()
  await rounds(6)
  gate.resolve()
  expect(await slow).toBe('team a')
  await put(store, 'member', { ...member, status: 'removed' })
  await rounds(1)
  expect(await outcome()).toMatch(/member/)
})

test('what was told before a change is remembered by nobody after it', async () => {
  const { store, answers, record, outcome } = await setUp()
  const gate = Promise.withResolvers<void>()
  answers.findBy = async (kind, lookup) => {
    const found = await store.registry.findBy(kind, lookup)
    await gate.promise
    return found
  }
  const slow = outcome()
  await put(store, 'key', { ...record, revokedAt: 5 })
  await rounds(2)
  gate.resolve()
  expect(await slow).toMatch(/was revoked/)
  expect(await outcome()).toMatch(/was revoked/)
})

test('many who ask at once are told by one look, and who asks after a failure is told anew', async () => {
  const { store, answers, asked, outcome } = await setUp()
  answers.findBy = gone
  expect(await Promise.all([outcome(), outcome()])).toEqual(['gone', 'gone'])
  expect(asked.key).toBe(1)
  answers.findBy = store.registry.findBy
  expect(await outcome()).toBe('team a')
})

test('when a key was used is told though it has changed since', async () => {
  const { directory, store, record, authenticate } = await setUp()
  await rounds(1)
  await authenticate()
  await put(store, 'key', { ...record, name: 'team b' })
  await rounds(1)
  await directory.close()
  expect(await store.registry.usesOf([record.id])).toEqual([{ id: record.id, at: ROUND_MS }])
})

test('when a key was used is told though it was forgotten since, as the store was silent', async () => {
  const { directory, store, answers, record, authenticate } = await setUp()
  await rounds(1)
  await authenticate()
  answers.changedSince = gone
  await rounds(6)
  await directory.close()
  expect(await store.registry.usesOf([record.id])).toEqual([{ id: record.id, at: ROUND_MS }])
})

test('when a key was used is told within a minute', async () => {
  const { store, record, authenticate } = await setUp()
  await rounds(1)
  await authenticate()
  await rounds(60_000 / ROUND_MS)
  expect(await store.registry.usesOf([record.id])).toEqual([{ id: record.id, at: ROUND_MS }])
})

test('a key that was refused was not used', async () => {
  const { directory, store, record, outcome } = await setUp()
  await rounds(1)
  await put(store, 'key', { ...record, expiresAt: 1 })
  expect(await outcome()).toMatch(/has expired/)
  await directory.close()
  expect(await store.registry.usesOf([record.id])).toEqual([])
})

test('of a store that is heard it is asked what others say has ended', async () => {
  const { directory, asked, record, outcome } = await setUp()
  expect(await outcome()).toBe('team a')
  await rounds(4)
  const before = asked.version
  directory.hearOfEndings([{ kind: 'key', id: record.id, revokedAt: 1 }], 99)
  expect(asked.version).toBe(before + 1)
  expect(await outcome()).toBe('team a')
})

test('what others say has ended counts until the store is heard again', async () => {
  const { directory, store, answers, record, outcome } = await setUp({ admitMs: 10_000 })
  expect(await outcome()).toBe('team a')
  answers.changedSince = gone
  await rounds(1)
  const ended = [{ kind: 'key', id: record.id, revokedAt: 1 }] as const
  // Older than what the store itself has said.
  directory.hearOfEndings(ended, 0)
  expect(await outcome()).toBe('team a')
  directory.hearOfEndings(ended, 99)
  expect(await outcome()).toMatch(/was revoked/)
  answers.changedSince = store.registry.changedSince
  await rounds(1)
  expect(await outcome()).toBe('team a')
})

test('who is told of a change looks at once, and once more when it was just looking', async () => {
  const { directory, store, answers, asked, record, outcome } = await setUp()
  expect(await outcome()).toBe('team a')
  await put(store, 'key', { ...record, revokedAt: 5 })
  const gate = Promise.withResolvers<void>()
  answers.changedSince = async (version) => {
    const changes = await store.registry.changedSince(version)
    await gate.promise
    return changes
  }
  const before = asked.version
  directory.look()
  directory.look()
  directory.look()
  gate.resolve()
  await rounds(0)
  expect(asked.version - before).toBe(2)
  expect(await outcome()).toMatch(/was revoked/)
})

test('a directory that is told of changes may ask less often, and trusts for three of its rounds', async () => {
  const { store, answers, asked, outcome } = await setUp({ pollMs: 4 * ROUND_MS })
  expect(await outcome()).toBe('team a')
  const before = asked.version
  await rounds(8)
  expect(asked.version - before).toBe(2)
  answers.changedSince = gone
  answers.findBy = gone
  await rounds(12)
  expect(await outcome()).toBe('team a')
  await rounds(4)
  expect(await outcome()).toBe('gone')
  Object.assign(answers, store.registry)
  expect(await outcome()).toBe('team a')
})

test('once it is closed it asks nothing any more', async () => {
  const { directory, asked } = await setUp()
  await directory.close()
  await rounds(3)
  expect(asked.version).toBe(0)
})

describe('keys in use', () => {
  test('are looked up only when they have changed', async () => {
    const { directory, store, asked, record } = await setUp()
    const { inUse, told } = underWay(record)
    directory.heed(inUse)
    await rounds(1)
    asked.key = 0
    await rounds(5)
    expect(asked.key).toBe(0)
    await put(store, 'key', { ...record, id: 'key_other', digest: 'another' })
    await rounds(5)
    expect(asked.key).toBe(0)
    await put(store, 'key', { ...record, name: 'team b' })
    await rounds(5)
    expect(asked.key).toBe(1)
    expect(told).toEqual([])
  })

  test('are refused when they expire, whatever the store says', async () => {
    const { directory, answers, record } = await setUp()
    const { inUse, told } = underWay({ ...record, expiresAt: 12 * ROUND_MS })
    directory.heed(inUse)
    await rounds(1)
    answers.changedSince = () => new Promise(() => {})
    await rounds(10)
    expect(told).toEqual([])
    await rounds(1)
    expect(told).toEqual([expect.stringMatching(/has expired/)])
  })

  test('are refused at once when somebody says that they have changed', async () => {
    const { directory, store, record } = await setUp()
    const { inUse, told } = underWay(record)
    directory.heed(inUse)
    await put(store, 'key', { ...record, revokedAt: 5 })
    directory.look()
    await rounds(0)
    expect(told).toEqual([expect.stringMatching(/was revoked/)])
  })

  test('are refused at once when others say that they have ended, while the store is silent', async () => {
    const { directory, answers, record } = await setUp()
    const { inUse, told } = underWay(record)
    directory.heed(inUse)
    answers.changedSince = gone
    await rounds(1)
    directory.hearOfEndings([{ kind: 'key', id: record.id, revokedAt: 1 }], 99)
    expect(told).toEqual([expect.stringMatching(/was revoked/)])
  })

  test('are looked up again until the store has answered', async () => {
    const { directory, store, answers, record } = await setUp()
    const { inUse, told } = underWay(record)
    directory.heed(inUse)
    await rounds(1)
    answers.findBy = gone
    await put(store, 'key', { ...record, revokedAt: 5 })
    await rounds(3)
    expect(told).toEqual([])
    answers.findBy = store.registry.findBy
    await rounds(1)
    expect(told).toEqual([expect.stringMatching(/was revoked/)])
  })
})
