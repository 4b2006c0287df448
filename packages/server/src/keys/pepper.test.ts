import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { createKeyRecord } from './create-key.ts'
import { keyDigest } from './key-digest.ts'
import type { TokenRecord } from '../store/records.ts'
import type { Replica } from '../store/replicas.ts'
import type { Store } from '../store/store.ts'
import { openPepper, type PepperMarks } from './pepper.ts'

const { registry } = openMemoryStore()
const newFolder = () => mkdtempSync(join(tmpdir(), 'speka-'))

describe('the pepper', () => {
  test('given by the operator is used as it is, and nothing is written', async () => {
    const folder = newFolder()
    expect(await openPepper('as given', folder, registry)).toEqual(Buffer.from('as given'))
    expect(readdirSync(folder)).toEqual([])
  })

  test('is made once, for its owner only, and found again', async () => {
    const folder = join(newFolder(), 'data')
    const pepper = await openPepper(undefined, folder, registry)
    expect(pepper).toHaveLength(32)
    expect(await openPepper(undefined, folder, registry)).toEqual(pepper)
    expect(await openPepper(undefined, newFolder(), registry)).not.toEqual(pepper)
    expect(readdirSync(folder)).toEqual(['key-pepper'])
    if (process.platform === 'win32') return
    expect(statSync(join(folder, 'key-pepper')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('is read as it was made, whatever space is around it', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'key-pepper'), ` ${'ab'.repeat(32)}\r\n`)
    expect(await openPepper(undefined, folder, registry)).toEqual(Buffer.alloc(32, 0xab))
  })

  test('that cannot be read, or made, says which file', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'key-pepper'))
    const refusal = { code: 'storage_unavailable', message: expect.stringMatching(/key-pepper cannot be read/) }
    await expect(openPepper(undefined, folder, registry)).rejects.toMatchObject(refusal)
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    const inFile = { code: 'storage_unavailable', message: expect.stringMatching(/key-pepper cannot be/) }
    await expect(openPepper(undefined, join(file, 'data'), registry)).rejects.toMatchObject(inFile)
  })

  test.each(['', 'abc', 'z'.repeat(64), 'ab'.repeat(31)])('that reads "%s" is refused and left alone', async (text) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'key-pepper'), text)
    await expect(openPepper(undefined, folder, registry)).rejects.toThrow(/key-pepper is damaged/)
    expect(readFileSync(join(folder, 'key-pepper'), 'utf8')).toBe(text)
  })

  const whereModesAre = process.platform === 'win32' ? test.skip : test
  whereModesAre('that others may read is taken from them', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'key-pepper'), 'ab'.repeat(32), { mode: 0o644 })
    expect(await openPepper(undefined, folder, registry)).toHaveLength(32)
    expect(statSync(join(folder, 'key-pepper')).mode & 0o777).toBe(0o600)
  })

  const { record: key } = createKeyRecord({ name: 'a', mode: 'live' }, Buffer.from('lost'))
  const token: TokenRecord = { id: 'tok_1', account: '', name: 'a', digest: 'd', role: 'operator', createdAt: 1 }

  test.each([
    { a: 'key', keep: (store: Store, ends: object) => put(store, 'key', { ...key, ...ends }) },
    { a: 'token', keep: (store: Store, ends: object) => put(store, 'token', { ...token, ...ends }) },
  ])('that is missing beside a $a is not made anew as long as that could still be used', async ({ keep }) => {
    const folder = newFolder()
    const store = openMemoryStore()
    await keep(store, {})
    await expect(openPepper(undefined, folder, store.registry)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/key-pepper is missing.*there are 1.*Restore it.*revoke those keys/),
    })
    expect(readdirSync(folder)).toEqual([])
    await keep(store, { revokedAt: 1 })
    expect(await openPepper(undefined, folder, store.registry)).toHaveLength(32)
  })

  test('decides the digest, and so does every character of the key', () => {
    const [one, other] = [Buffer.from('one'), Buffer.from('other')]
    expect(keyDigest('key', one)).toMatch(/^[0-9a-f]{64}$/)
    expect(keyDigest('key', one)).toBe(keyDigest('key', one))
    expect(new Set([keyDigest('key', one), keyDigest('key', other), keyDigest('keY', one)]).size).toBe(3)
  })

  // Root may write anywhere, so it cannot see this.
  const unlessRoot = process.getuid?.() === 0 ? test.skip : test
  unlessRoot('that cannot be made says which file and what helps', async () => {
    const folder = newFolder()
    chmodSync(folder, 0o500)
    await expect(openPepper(undefined, folder, registry)).rejects.toThrow(
      /key-pepper cannot be written.*SPEKA_KEY_PEPPER/,
    )
  })
})

const marks = (others = 0): PepperMarks & { mark: string | undefined } => {
  const kept = {
    mark: undefined as string | undefined,
    list: async () => Array.from({ length: others }, () => ({ isSelf: false }) as Replica),
    pepperMark: async () => kept.mark,
    async keepPepperMark(mark: string, instead?: string) {
      if (kept.mark === instead) kept.mark = mark
      return (kept.mark ??= mark)
    },
  }
  return kept
}
const withKey = async () => {
  const store = openMemoryStore()
  await put(store, 'key', createKeyRecord({ name: 'a', mode: 'live' }, Buffer.from('one')).record)
  return store.registry
}

describe('a pepper that replicas share', () => {
  test('is the one that the first had, and is not written down', async () => {
    const shared = marks(1)
    await openPepper('one', '/nowhere', registry, shared)
    expect(await openPepper('one', '/nowhere', registry, shared)).toEqual(Buffer.from('one'))
    expect(shared.mark).toMatch(/^[0-9a-f]{32}$/)
  })

  test.each([
    { who: 'keys were made with another', others: 0, keys: withKey },
    { who: 'others that live have another', others: 1, keys: async () => registry },
  ])('is refused where $who, with what helps', async ({ others, keys }) => {
    const shared = marks(others)
    await openPepper('one', '/nowhere', registry, shared)
    await expect(openPepper('two', '/data', await keys(), shared)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/another pepper.*Set SPEKA_KEY_PEPPER to the same.*to \/data\/key-pepper/),
    })
  })

  test('is another where nothing hangs on it any more', async () => {
    const shared = marks()
    await openPepper('one', '/nowhere', registry, shared)
    const before = shared.mark
    await openPepper('two', '/nowhere', registry, shared)
    expect(shared.mark).not.toBe(before)
  })

  test('is not made in a folder while others have one', async () => {
    const [shared, folder] = [marks(1), newFolder()]
    await openPepper('one', '/nowhere', registry, shared)
    await expect(openPepper(undefined, folder, registry, shared)).rejects.toThrow(/another pepper/)
    expect(readdirSync(folder)).toEqual([])
  })
})
