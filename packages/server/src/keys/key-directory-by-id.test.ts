import { SpekaError } from '@speka/core'
import { accountRecord, put } from '../store/__fixtures__/records.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { createKeyRecord } from './create-key.ts'
import { openKeyDirectory, type KeyDirectory } from './key-directory.ts'

const opened: KeyDirectory[] = []
afterEach(() => {
  for (const directory of opened.splice(0)) void directory.close()
})

/** A directory on a store with one key of an account. */
async function setUp() {
  const store = openMemoryStore()
  const account = accountRecord('acc')
  const { record } = createKeyRecord(
    { name: 'team a', mode: 'live', account: 'acc' },
    Buffer.from('a pepper for tests'),
  )
  await put(store, 'account', account)
  await put(store, 'key', record)
  const heard: string[] = []
  const directory = await openKeyDirectory({
    registry: store.registry,
    pepper: 'a pepper for tests',
    dataDir: '/nowhere',
    now: () => 1000,
    onChange: (changed) => void heard.push(...changed.map((kept) => kept.record.id)),
  })
  opened.push(directory)
  const outcome = async (id = record.id) => {
    try {
      return (await directory.letInById(id)).name
    } catch (error) {
      return SpekaError.is(error) ? error.message : error
    }
  }
  return { store, account, record, directory, heard, outcome }
}

describe('a key that somebody may use without showing it', () => {
  test('is let in by its id, and was used then', async () => {
    const { store, record, directory } = await setUp()
    expect(await directory.letInById(record.id)).toEqual(record)
    await directory.close()
    expect(await store.registry.usesOf([record.id])).toEqual([{ id: record.id, at: 1000 }])
  })

  test('has heard of all that was made with it before it is', async () => {
    const { store, record, heard, outcome } = await setUp()
    await put(store, 'key', { ...record, name: 'team b' })
    expect(await outcome()).toBe('team b')
    expect(heard).toEqual([record.id])
  })

  test('is refused for what any other would be', async () => {
    const { store, account, record, outcome } = await setUp()
    await put(store, 'key', { ...record, expiresAt: 1000 })
    expect(await outcome()).toMatch(/has expired/)
    await put(store, 'key', record)
    await put(store, 'account', { ...account, status: 'suspended' })
    expect(await outcome()).toMatch(/is suspended/)
  })

  test('is not there once it is gone', async () => {
    const { directory } = await setUp()
    await expect(directory.letInById('key_gone')).rejects.toMatchObject({ code: 'key_not_found' })
  })
})
