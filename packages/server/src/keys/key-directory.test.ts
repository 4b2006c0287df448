import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpekaError } from '@speka/core'
import fc from 'fast-check'
import { accountRecord, memberRecord, put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { openSqliteStore } from '../store/sqlite/open-store.ts'
import type { Registry } from '../store/registry.ts'
import type { KeyRecord, Store } from '../store/store.ts'
import type { KeysInUse } from './keys-in-use.ts'
import { createKeyRecord, type NewKey } from './create-key.ts'
import { openKeyDirectory } from './key-directory.ts'
import type { KeyDirectory, KeyDirectoryOptions } from './key-directory.ts'
import { mintKey } from './key-format.ts'

const opened: KeyDirectory[] = []
afterEach(() => {
  for (const directory of opened.splice(0)) void directory.close()
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

  test('has told of all that was made with a key before it lets that key in for the first time', async () => {
    const told: string[] = []
    const { directory, create } = await setUp({
      onChange: (changed) => told.push(...changed.map(({ record }) => record.id)),
    })
    const { key, record } = await create()
    const first = directory.authenticate(`Bearer ${key}`)
    expect(told).toEqual([])
    await first
    expect(told).toEqual([record.id])
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
    const { directory, registry, create } = await setUp()
    const { record } = await create()
    registry.findBy = (async () => ({ kind: 'key', revision: 1, record })) as unknown as Registry['findBy']
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
    await put(store, 'key', { ...record, revokedAt: 5 })
    for (const _ of [1, 2]) expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/was revoked/)
  })

  test('lets nobody in from memory for long when the store has gone silent', async () => {
    const { directory, registry, create, heard } = await setUp()
    const { key } = await create()
    await heard()
    await directory.authenticate(`Bearer ${key}`)
    registry.changedSince = () => new Promise(() => {})
    registry.findBy = () => Promise.reject(new SpekaError('storage_unavailable', 'gone'))
    await until(() => directory.authenticate(`Bearer ${key}`) instanceof Promise)
    const error: unknown = await Promise.resolve(directory.authenticate(`Bearer ${key}`)).catch(
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ code: 'storage_unavailable' })
  })

  test('does not remember what it was told before a change', async () => {
    const { directory, registry, store, create, heard } = await setUp()
    const { key, record } = await create()
    await heard()
    const find = registry.findBy.bind(registry)
    const gate = Promise.withResolvers<void>()
    let asked = 0
    registry.findBy = async (kind, lookup) => {
      asked += 1
      const found = await find(kind, lookup)
      await gate.promise
      return found
    }
    const slow = refusalOf(directory, `Bearer ${key}`)
    await put(store, 'key', { ...record, revokedAt: 5 })
    await heard()
    // Whoever asks now is not told what was found before.
    const late = refusalOf(directory, `Bearer ${key}`)
    expect(asked).toBe(2)
    gate.resolve()
    // Nor is whoever has asked before.
    expect(await slow).toMatch(/was revoked/)
    expect(await late).toMatch(/was revoked/)
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/was revoked/)
  })

  test('takes a key that it has refused as unknown, once it is made', async () => {
    const { directory, store } = await setUp()
    const { key, record } = createKeyRecord({ name: 'late', mode: 'live' }, directory.pepper)
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/not known here/)
    await put(store, 'key', record)
    let refusal: string | undefined
    do {
      await new Promise((resolve) => setTimeout(resolve, 20))
      refusal = await refusalOf(directory, `Bearer ${key}`)
    } while (refusal !== undefined)
    expect(directory.authenticate(`Bearer ${key}`)).toEqual(record)
  })

  test('does not remember as unknown what was made while it asked', async () => {
    const { directory, registry, store, heard } = await setUp()
    const { key, record } = createKeyRecord({ name: 'meanwhile', mode: 'live' }, directory.pepper)
    const find = registry.findBy.bind(registry)
    const gate = Promise.withResolvers<void>()
    registry.findBy = async (kind, lookup) => {
      const found = await find(kind, lookup)
      await gate.promise
      return found
    }
    const slow = refusalOf(directory, `Bearer ${key}`)
    await put(store, 'key', record)
    await heard()
    gate.resolve()
    expect(await slow).toBeUndefined()
    expect(directory.authenticate(`Bearer ${key}`)).toEqual(record)
  })

  test('lets no key in of a suspended account, and those that were in before once it is resumed', async () => {
    const { directory, store, create, heard } = await setUp()
    const account = await put(store, 'account', accountRecord('acc_1'))
    const [{ key }, other] = [await create({ account: 'acc_1' }), await create()]
    await heard()
    expect(await refusalOf(directory, `Bearer ${key}`)).toBeUndefined()
    await put(store, 'account', { ...account.record, status: 'suspended' })
    await heard()
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/is suspended/)
    expect(await refusalOf(directory, `Bearer ${other.key}`)).toBeUndefined()
    await put(store, 'account', account.record)
    await heard()
    expect(directory.authenticate(`Bearer ${key}`)).toMatchObject({ account: 'acc_1' })
  })

  test('lets no configured key in while the default account is suspended', async () => {
    const key = mintKey('live')
    const { directory, store, heard } = await setUp({ configured: [{ name: 'bench', key }] })
    await put(store, 'account', accountRecord('default', { status: 'suspended' }))
    await heard()
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/is suspended/)
  })

  test('lets no key in whose member has left', async () => {
    const { directory, store, create, heard } = await setUp()
    const { record } = await put(store, 'member', memberRecord('mem_1', 'default'))
    const [{ key }, unmet] = [await create({ member: record.id }), await create({ member: record.id })]
    await heard()
    expect(await refusalOf(directory, `Bearer ${key}`)).toBeUndefined()
    await put(store, 'member', { ...record, status: 'removed' })
    await heard()
    for (const one of [key, unmet.key])
      expect(await refusalOf(directory, `Bearer ${one}`)).toMatch(/has left the account/)
  })

  test('lets a key in that was replaced, until its grace is over', async () => {
    let now = 1000
    const { directory, store, create, heard } = await setUp({ now: () => now })
    const { key, record } = await create()
    await put(store, 'key', { ...record, replacedBy: 'key_new', replacedUntil: 2000 })
    await heard()
    expect(await refusalOf(directory, `Bearer ${key}`)).toBeUndefined()
    now = 2000
    expect(await refusalOf(directory, `Bearer ${key}`)).toMatch(/was replaced/)
  })

  test('knows what a key may do from the next request on, once it is changed', async () => {
    const { directory, store, create, heard } = await setUp()
    const { key, record } = await create()
    await directory.authenticate(`Bearer ${key}`)
    await put(store, 'key', { ...record, limits: { providers: ['a'] } })
    await heard()
    expect(await directory.authenticate(`Bearer ${key}`)).toMatchObject({ limits: { providers: ['a'] } })
  })

  test('asks anew for a key that was changed, and for no other', async () => {
    const { directory, store, create, heard, reads } = await setUp({ admitMs: 60_000 })
    const made = [await create(), await create(), await create()]
    await heard()
    for (const { key } of made) await directory.authenticate(`Bearer ${key}`)
    const before = reads()
    await put(store, 'key', { ...made[0]!.record, name: 'changed' })
    await heard()
    for (const { key } of made) await directory.authenticate(`Bearer ${key}`)
    expect(reads()).toBe(before + 1)
  })

  test('reads no key when it is opened, however many there are', async () => {
    const { registry } = openMemoryStore()
    const asked: string[] = []
    const counting = new Proxy(registry, {
      get(target, name: keyof Registry) {
        asked.push(name)
        return target[name]
      },
    })
    const directory = await openKeyDirectory({ registry: counting, pepper: 'a pepper for tests', dataDir: '/nowhere' })
    opened.push(directory)
    expect(asked).toEqual(['version', 'get'])
  })

  test('tells when keys were last used, as it ends', async () => {
    let now = 1000
    const { directory, registry, create } = await setUp({ now: () => now })
    const [used, unused] = [await create(), await create()]
    await directory.authenticate(`Bearer ${used.key}`)
    now = 3000
    await directory.authenticate(`Bearer ${used.key}`)
    await directory.close()
    expect(await registry.usesOf([used.record.id, unused.record.id])).toEqual([{ id: used.record.id, at: 3000 }])
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
    expect(record).toMatchObject({ name: 'bench', mode: 'test', account: 'default' })
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
    await put(store, 'key', { ...mine, revokedAt: 5 })
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

  test('ends when its account is suspended or its member has left, and nothing else does', async () => {
    const { directory, store, create } = await setUp()
    const account = await put(store, 'account', accountRecord('acc_1'))
    const member = await put(store, 'member', memberRecord('mem_1', 'default'))
    const suspended = (await create({ account: 'acc_1' })).record
    const left = (await create({ member: 'mem_1' })).record
    const stays = (await create()).record
    const { inUse, became } = underWay(suspended, left, stays)
    directory.heed(inUse)
    await put(store, 'account', { ...account.record, status: 'suspended' })
    await put(store, 'member', { ...member.record, status: 'removed' })
    await until(() => became(suspended) !== 'fine' && became(left) !== 'fine')
    expect([suspended, left, stays].map(became)).toEqual([
      expect.stringMatching(/is suspended/),
      expect.stringMatching(/has left the account/),
      'fine',
    ])
  })

  test('goes on while the key that was replaced has its grace, and no longer', async () => {
    let now = 1000
    const { directory, store, create, heard } = await setUp({ now: () => now })
    const { record } = await create()
    const { inUse, became } = underWay(record)
    directory.heed(inUse)
    await put(store, 'key', { ...record, replacedBy: 'key_new', replacedUntil: 2000 })
    await heard()
    expect(became(record)).toBe('fine')
    now = 2000
    await until(() => became(record) !== 'fine')
    expect(became(record)).toMatch(/was replaced/)
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
    const { directory, registry, store, create } = await setUp()
    const { record } = await create()
    const { inUse, became } = underWay(record)
    directory.heed(inUse)
    const find = registry.findBy.bind(registry)
    let failures = 0
    registry.findBy = (kind, lookup) => {
      failures += 1
      return failures > 2 ? find(kind, lookup) : Promise.reject(new SpekaError('storage_unavailable', 'gone'))
    }
    await put(store, 'key', { ...record, revokedAt: 5 })
    await until(() => became(record) !== 'fine')
    expect(became(record)).toMatch(/was revoked/)
  })
})

test('a key made and revoked by another process is valid at once, and stops without being told', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  const [here, there] = [await openSqliteStore({ path }), await openSqliteStore({ path })]
  const directory = await openKeyDirectory({ registry: here.registry, dataDir: join(path, '..') })
  const { key, record } = createKeyRecord({ name: 'a', mode: 'live' }, directory.pepper)
  await put(there, 'key', record)
  expect(await directory.authenticate(`Bearer ${key}`)).toEqual(record)

  await put(there, 'key', { ...record, revokedAt: Date.now() })
  while ((await refusalOf(directory, `Bearer ${key}`)) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await directory.close()
  await Promise.all([here.close(), there.close()])
})

/** A directory on an empty store that counts its look-ups, and how often it is asked whether anything has changed. */
async function setUp(options: Partial<KeyDirectoryOptions> = {}) {
  let reads = 0
  let polls = 0
  const store: Store = openMemoryStore()
  const registry: Registry = {
    ...store.registry,
    findBy(kind, lookup) {
      reads += 1
      return store.registry.findBy(kind, lookup)
    },
    changedSince(version) {
      polls += 1
      return store.registry.changedSince(version)
    },
  }
  const directory = await openKeyDirectory({ registry, pepper: 'a pepper for tests', dataDir: '/nowhere', ...options })
  opened.push(directory)
  const create = async (wanted: Partial<NewKey> = {}) => {
    const made = createKeyRecord({ name: 'team a', mode: 'live', ...wanted }, directory.pepper)
    await put(store, 'key', made.record)
    return made
  }
  /** Asked twice since, the directory has heard of what was changed before. */
  const heard = async () => {
    const before = polls
    await until(() => polls >= before + 2)
  }
  return { directory, registry, store, create, heard, reads: () => reads }
}

/** Requests under way that came with these keys, and what became of them: `fine`, or what they were told. */
function underWay(...records: KeyRecord[]) {
  const became = new Map(records.map(({ digest }) => [digest, 'fine']))
  const inUse: KeysInUse = {
    keys: () => records.filter(({ digest }) => became.get(digest) === 'fine'),
    refuse({ digest }, error) {
      // First: whoever is refused without a word is refused all the same.
      became.set(digest, 'refused')
      became.set(digest, error.message)
    },
    renew: (key) =>
      void records.splice(
        records.findIndex(({ id }) => id === key.id),
        1,
        key,
      ),
  }
  return { inUse, became: ({ digest }: KeyRecord) => became.get(digest) }
}

/** What a credential is refused with; `undefined` when it is let in. */
async function refusalOf(directory: KeyDirectory, header: string | undefined): Promise<string | undefined> {
  try {
    await directory.authenticate(header)
    return undefined
  } catch (error) {
    if (SpekaError.is(error) && REFUSALS.includes(error.code)) return error.message
    throw error
  }
}

const REFUSALS: readonly string[] = ['invalid_api_key', 'account_suspended']

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
