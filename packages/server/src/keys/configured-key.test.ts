import { configuredKeyId, configuredKeyNames, configuredRecord, unmarkedTestKeys } from './configured-key.ts'
import { saysTest } from '../store/test-key-id.ts'

const live = { name: 'app', key: 'sk-speka-live-0123456789' }
const testKey = { name: 'app', key: 'sk-speka-test-0123456789' }

test('a live key has the id that the ledger has always known it by', () => {
  expect(configuredKeyId(live)).toBe('key_config_a172cedcae47')
  expect(configuredRecord(live, Buffer.alloc(0))).toMatchObject({ id: 'key_config_a172cedcae47', mode: 'live' })
})

test('a key of the configuration belongs to the account that there always is, and may do everything', () => {
  expect(configuredRecord(live, Buffer.alloc(0))).toEqual({
    id: 'key_config_a172cedcae47',
    account: 'default',
    name: 'app',
    mode: 'live',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    labels: 0,
    limits: {},
    createdAt: 0,
  })
})

test('the id of a test key says so, and is not that of a live key of its name', () => {
  const { id, mode } = configuredRecord(testKey, Buffer.alloc(0))
  expect([id, mode, saysTest(id)]).toEqual(['key_config_test_a172cedcae47', 'test', true])
  expect([configuredKeyId(live), undefined, 'key_1'].map(saysTest)).toEqual([false, false, false])
})

test('an id tells nothing about the key but its mode', () => {
  expect(configuredKeyId({ ...live, key: 'sk-speka-live-another' })).toBe(configuredKeyId(live))
})

test('rows from before ids said so are those of a test key, while one stands there', () => {
  expect(unmarkedTestKeys([live, { ...testKey, name: 'b' }])).toEqual([configuredKeyId({ ...live, name: 'b' })])
  expect([...configuredKeyNames([testKey])]).toEqual([
    [configuredKeyId(live), 'app'],
    [configuredKeyId(testKey), 'app'],
  ])
})
