import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'
import fc from 'fast-check'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { openSqliteStore } from '../store/sqlite/open-store.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import type { KeysInUse } from './keys-in-use.ts'
import { createKeyRecord } from './create-key.ts'
import { openKeyDirectory } from './key-directory.ts'
import type { KeyDirectory, KeyDirectoryOptions } from './key-directory.ts'
import { mintKey } from './key-format.ts'

const opened: KeyDirectory[] = []
afterEach(() => {
  for (const directory of opened.splice(0)) directory.close()
})

describe('the key directory', () => {
  test('lets a key of the store in: after a look at first, at once from then on', async () => {
    const { directory, reads, create } = await setUp()
    const { key, record } = await create()
    const first = directory.authenticate(`Bearer ${key}`)
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toEqual(record)
    expect(directory.authenticate(`Bearer ${key}`)).toEqual(record)
    expect(reads()).toBe(1)
  })

  test.each(['bearer', 'BEARER', 'Bearer '])('takes the scheme as "%s"', async (scheme) => {
    const { directory, create } = await setUp()
    const { key, record } = await create()
    expect(await directory.authenticate(`${scheme} ${key}`)).toEqual(record)
  })

  test.each([
    { header: undefined, says: /No API key was sent/ },
    { header: '', says: /No API key was sent/ },
    { header: mintKey('live'), says: /must be "Bearer" and one/ },
    { header: `Basic ${mintKey('live')}`, says: /must be "Bearer" and one/ },
    { header: `Bearer ${mintKey('live')} ${mintKey('live')}`, says: /must be "Bearer" and one/ },
    { header: 'Bearer sk-proj-123', says: /not a Speka API key/ },
    { header: `Bearer ' OR '1'='1`, says: /must be "Bearer" and one/ },
    { header: `Bearer 'OR'1'='1`, says: /not a Speka API key/ },
    { header: `Bearer ${'x'.repeat(15_000)}`, says: /not a Speka API key/ },
    // Not even worth a checksum.
    { header: `Bearer ${mintKey('live')}${'x'.repeat(15_000)}`, says: /not a Speka API key/ },
    { header: `Bearer ${mintKey('live').slice(0, -1)}`, says: /mistyped or cut short/ },
  ])('refuses "$header" without a look into the store', async ({ header, says }) => {
    const { directory, reads } = await setUp()
    expect(await refusalOf(directory, header)).toMatch(says)
    expect(reads()).toBe(0)
  })

  test('refuses a key with any one character changed, without a look into the store', async () => {
    const { directory, reads, create } = await setUp()
    const { key } = await create()
    await directory.authenticate(`Bearer ${key}`)
    const character = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 })
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: key.length - 1 }), character, async (at, character) => {
        const changed = key.slice(0, at) + character + key.slice(at + 1)
        if (changed.trim() !== key) expect(await refusalOf(directory, `Bearer ${changed}`)).toBeDefined()
      }),
      { numRuns: 2000 },
    )
    expect(reads()).toBe(1)
  })

  test('never lets anything but the key in: neither its id nor its digest, nor a part of it', async () => {
    const { directory, create } = await setUp()
    const { key, record } = await create()
    await directory.authenticate(`Bearer ${key}`)
    for (const credential of [record.id, record.digest, record.name, key.slice(0, 20), `${key}x`]) {
      expect(await refusalOf(directory, `Bearer ${credential}`)).toBeDefined()
    }
  })

  test('tells two keys apart however much they share', async () => {
    const { directory, create } = await setUp()
    const made = [await create(), await create(), await create()]
    for (const round of [1, 2]) {
      for (const { key, record } of made) expect(await directory.authenticate(`Bearer ${key}`)).toEqual(record)
      expect(round).toBeGreaterThan(0)
    }
  })

  test('asks the store once for one unknown key', async () => {
    const { directory, reads } = await setUp()
    const header = `Bearer ${mintKey('test')}`
    await Promise.all([1, 2, 3].map(async () => expect(await refusalOf(directory, header)).toMatch(/not known here/)))
    expect(await refusalOf(directory, header)).toMatch(/not known here/)
    expect(reads()).toBe(1)
  })

  test('refuses a record that the store gives for another digest', async () => {
    const { directory, store, create } = await setUp()
    const { record } = await create()
    store.findByDigest = async () => record
    expect(await refusalOf(directory, `Bearer ${mintKey('live')}`)).toMatch(/not known here/)
  })

  test('refuses an expired key from the moment it expires, known or not', async () => {
    let now = 1000
    const { directory, create } = await setUp({ now: () => now })
    const { key, record } = await create({ expiresAt: 2000 })
    now = 1999
    expect(await directory.authenticate(`Bearer ${key}`)).toEqual(record)
    now = 2000
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/has expired/)
  })

  test('refuses a revoked key it has never seen', async () => {
    const { directory, store, create } = await setUp()
    const { key, record } = await create()
    await store.revoke(record.id, 5)
    for (const _ of [1, 2]) expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/was revoked/)
  })

  test('lets nobody in from memory for long when the store has gone silent', async () => {
    const { directory, store, create } = await setUp()
    const { key } = await create()
    await directory.authenticate(`Bearer ${key}`)
    store.version = () => new Promise(() => {})
    store.findByDigest = () => Promise.reject(new SpekaError('storage_unavailable', 'gone'))
    await until(() => directory.authenticate(`Bearer ${key}`) instanceof Promise)
    const error: unknown = await Promise.resolve(directory.authenticate(`Bearer ${key}`)).catch(
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ code: 'storage_unavailable' })
  })

  test('does not remember what it was told before a change', async () => {
    const { directory, store, create, polls } = await setUp()
    const { key, record } = await create()
    const find = store.findByDigest.bind(store)
    const gate = Promise.withResolvers<void>()
    let asked = 0
    store.findByDigest = async (digest) => {
      asked += 1
      const found = await find(digest)
      await gate.promise
      return found
    }
    const slow = directory.authenticate(`Bearer ${key}`)
    await store.revoke(record.id, 5)
    // Asked twice since, the directory has heard of it.
    const before = polls()
    await until(() => polls() >= before + 2)
    // Whoever asks now is not told what was found before.
    const late = refusalOf(directory, `Bearer ${key}`)
    expect(asked).toBe(2)
    gate.resolve()
    await slow
    expect(await late).toMatch(/was revoked/)
    store.findByDigest = find
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/was revoked/)
  })

  test('takes a key that it has refused as unknown, once it is made', async () => {
    const { directory, store } = await setUp()
    const { key, record } = createKeyRecord({ name: 'late', mode: 'live' }, directory.pepper)
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/not known here/)
    await store.insert(record)
    let refusal: string | undefined
    do {
      await new Promise((resolve) => setTimeout(resolve, 20))
      refusal = await refusalOf(directory, `Bearer ${key}`)
    } while (refusal !== undefined)
    expect(directory.authenticate(`Bearer ${key}`)).toEqual(record)
  })

  test('does not remember as unknown what was made while it asked', async () => {
    const { directory, store, polls } = await setUp()
    const { key, record } = createKeyRecord({ name: 'meanwhile', mode: 'live' }, directory.pepper)
    const find = store.findByDigest.bind(store)
    const gate = Promise.withResolvers<void>()
    store.findByDigest = async () => {
      await gate.promise
      return undefined
    }
    const slow = refusalOf(directory, `Bearer ${key}`)
    await store.insert(record)
    // Asked twice since, the directory has heard of it.
    const before = polls()
    await until(() => polls() >= before + 2)
    gate.resolve()
    expect(await slow).toMatch(/not known here/)
    store.findByDigest = find
    expect(await directory.authenticate(`Bearer ${key}`)).toEqual(record)
  })

  test('forgets the oldest of many unknown keys, and keeps the rest', async () => {
    const { directory, reads } = await setUp()
    const [oldest, next] = [mintKey('live'), mintKey('live')]
    for (const key of [oldest, next]) await refusalOf(directory, `Bearer ${key}`)
    for (let count = 0; count < 9999; count += 1) await refusalOf(directory, `Bearer ${mintKey('live')}`)
    const before = reads()
    await refusalOf(directory, `Bearer ${next}`)
    expect(reads()).toBe(before)
    await refusalOf(directory, `Bearer ${oldest}`)
    expect(reads()).toBe(before + 1)
  })

  test('lets configured keys in at once, and only as long as they are configured', async () => {
    const key = mintKey('test')
    const { directory, reads } = await setUp({ configured: [{ name: 'bench', key }] })
    const record = directory.authenticate(`Bearer ${key}`) as KeyRecord
    expect(record).toMatchObject({ name: 'bench', mode: 'test', plan: 'none' })
    expect(JSON.stringify(record)).not.toContain(key)
    expect(await refusalOf(directory, `Bearer ${record.id}`)).toBeDefined()
    expect(reads()).toBe(0)
    directory.configure([])
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/not known here/)
  })
})

describe('what is under way with a key', () => {
  test('ends when it is revoked, and only that', async () => {
    const { directory, store, create } = await setUp()
    const [mine, theirs] = [(await create()).record, (await create()).record]
    const { inUse, became } = underWay(mine, theirs)
    directory.heed(inUse)
    await store.revoke(mine.id, 5)
    await until(() => became(mine) !== 'fine')
    expect(became(mine)).toMatch(/was revoked/)
    expect(became(theirs)).toBe('fine')
  })

  test('ends when the key expires', async () => {
    let now = 1000
    const { directory, create } = await setUp({ now: () => now })
    const [short, long] = [(await create({ expiresAt: 2000 })).record, (await create({ expiresAt: 3000 })).record]
    const { inUse, became } = underWay(short, long)
    directory.heed(inUse)
    now = 2000
    await until(() => became(short) !== 'fine')
    expect(became(short)).toMatch(/has expired/)
    expect(became(long)).toBe('fine')
  })

  test('ends when the configuration no longer has the key, or has another under its name', async () => {
    const [gone, changed, kept] = [mintKey('live'), mintKey('live'), mintKey('live')]
    const configured = [
      { name: 'gone', key: gone },
      { name: 'changed', key: changed },
      { name: 'kept', key: kept },
    ]
    const { directory } = await setUp({ configured })
    const records = [gone, changed, kept].map((key) => directory.authenticate(`Bearer ${key}`) as KeyRecord)
    const { inUse, became } = underWay(...records)
    directory.heed(inUse)
    directory.configure([
      { name: 'kept', key: kept },
      { name: 'changed', key: mintKey('live') },
    ])
    await until(() => records.slice(0, 2).every((record) => became(record) !== 'fine'))
    expect(records.map(became)).toEqual([
      expect.stringMatching(/no longer configured/),
      expect.stringMatching(/no longer configured/),
      'fine',
    ])
  })

  test('is looked at again when the store did not answer the first time', async () => {
    const { directory, store, create } = await setUp()
    const { record } = await create()
    const { inUse, became } = underWay(record)
    directory.heed(inUse)
    const find = store.findByDigest.bind(store)
    let failures = 0
    store.findByDigest = (digest) => {
      failures += 1
      return failures > 2 ? find(digest) : Promise.reject(new SpekaError('storage_unavailable', 'gone'))
    }
    await store.revoke(record.id, 5)
    await until(() => became(record) !== 'fine')
    expect(became(record)).toMatch(/was revoked/)
  })
})

test('a key made and revoked by another process is valid at once, and stops without being told', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  const [here, there] = [await openSqliteStore({ path }), await openSqliteStore({ path })]
  const directory = await openKeyDirectory({ store: here.keys, dataDir: join(path, '..') })
  const { key, record } = createKeyRecord({ name: 'a', mode: 'live' }, directory.pepper)
  await there.keys.insert(record)
  expect(await directory.authenticate(`Bearer ${key}`)).toEqual(record)

  await there.keys.revoke(record.id, Date.now())
  while ((await refusalOf(directory, `Bearer ${key}`)) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  directory.close()
  await Promise.all([here.close(), there.close()])
})

/** A directory on an empty store that counts its look-ups, and how often it is asked whether anything has changed. */
async function setUp(options: Partial<KeyDirectoryOptions> = {}) {
  let reads = 0
  let polls = 0
  const { keys } = openMemoryStore()
  const store: KeyStore = {
    ...keys,
    findByDigest(digest) {
      reads += 1
      return keys.findByDigest(digest)
    },
    version() {
      polls += 1
      return keys.version()
    },
  }
  const directory = await openKeyDirectory({ store, pepper: 'a pepper for tests', dataDir: '/nowhere', ...options })
  opened.push(directory)
  const create = async (wanted: { expiresAt?: number } = {}) => {
    const made = createKeyRecord({ name: 'team a', mode: 'live', ...wanted }, directory.pepper)
    await store.insert(made.record)
    return made
  }
  return { directory, store, create, reads: () => reads, polls: () => polls }
}

/** Requests under way that came with these keys, and what became of them: `fine`, or what they were told. */
function underWay(...records: KeyRecord[]) {
  const became = new Map(records.map((record) => [record, 'fine']))
  const inUse: KeysInUse = {
    keys: () => records.filter((record) => became.get(record) === 'fine'),
    refuse: (key, error) => void became.set(key, error.message),
  }
  return { inUse, became: (record: KeyRecord) => became.get(record) }
}

/** What a credential is refused with; `undefined` when it is let in. */
async function refusalOf(directory: KeyDirectory, header: string | undefined): Promise<string | undefined> {
  try {
    await directory.authenticate(header)
    return undefined
  } catch (error) {
    if (SpekaError.is(error) && error.code === 'invalid_api_key') return error.message
    throw error
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
