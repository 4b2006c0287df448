import { eventually } from '../../../../../test/support/eventually.ts'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { createKeyRecord } from '../../keys/create-key.ts'
import { openKeyDirectory, type KeyDirectory } from '../../keys/key-directory.ts'
import { REGISTRY_CHANGES } from '../../notices/channels.ts'
import { Heard } from '../../notices/notice-board.contract.ts'
import { put } from '../__fixtures__/records.ts'
import type { KeyRecord, Store } from '../store.ts'
import { readPostgresUrl } from './address.ts'
import { openPostgresStore } from './open-store.ts'

const pepper = 'a pepper for tests'

describeWithPostgres('a change of the registry in PostgreSQL', () => {
  let made: NewDatabase
  let one: Store
  let other: Store
  let heard: Heard
  beforeEach(async () => {
    made = await newDatabase()
    const address = readPostgresUrl(made.url)
    ;[one, other] = [await openPostgresStore({ address }), await openPostgresStore({ address })]
    heard = new Heard()
    other.notices?.board.subscribe(REGISTRY_CHANGES, heard)
    await eventually(() => heard.gaps > 0, 'it listens')
  })
  afterEach(async () => {
    await Promise.all([one.close(), other.close()])
    await made.drop()
  })

  test('is told to every replica with the version that it made, and one that came to nothing is not', async () => {
    const { record } = createKeyRecord({ name: 'team a', mode: 'live' }, Buffer.from(pepper))
    await put(one, 'key', record)
    const again = one.registry.change([{ kind: 'key', after: record }], { at: 0, actor: 'test', action: 'key.create' })
    await expect(again).rejects.toMatchObject({ code: 'invalid_value' })
    await put(one, 'key', { ...record, name: 'team b' })
    await eventually(() => heard.texts.length >= 2, 'both are heard')
    const version = await one.registry.version()
    expect(heard.texts).toEqual([`${version - 1}`, `${version}`])
  })

  test('ends what is under way with a key that was revoked by another replica, long before anybody would ask', async () => {
    const { key, record } = createKeyRecord({ name: 'team a', mode: 'live' }, Buffer.from(pepper))
    await put(one, 'key', record)
    const directory: KeyDirectory = await openKeyDirectory({
      registry: other.registry,
      pepper,
      dataDir: '/nowhere',
      pollMs: 2 ** 30,
    })
    other.notices?.board.subscribe(REGISTRY_CHANGES, { heard: () => directory.look() })
    const refused: KeyRecord[] = []
    directory.heed({ keys: () => [record], refuse: (ended) => void refused.push(ended), renew: () => {} })
    expect(await directory.authenticate(`Bearer ${key}`)).toMatchObject({ id: record.id })
    await put(one, 'key', { ...record, revokedAt: 5 })
    await eventually(() => refused.length > 0, 'the stream is ended')
    await expect(async () => directory.authenticate(`Bearer ${key}`)).rejects.toThrow('was revoked')
    await directory.close()
  })

  test('belongs to the gateway whose database it is', async () => {
    expect(one.notices?.gateway).toBe(other.notices?.gateway)
    const elsewhere = await newDatabase()
    const stranger = await openPostgresStore({ address: readPostgresUrl(elsewhere.url) })
    expect(stranger.notices?.gateway).not.toBe(one.notices?.gateway)
    await stranger.close()
    await elsewhere.drop()
  })
})
