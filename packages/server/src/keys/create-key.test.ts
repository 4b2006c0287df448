import { createKeyRecord } from './create-key.ts'
import { keyDigest } from './key-digest.ts'

const pepper = Buffer.from('pepper')

test('a new key is in its record only as a digest, and may use every model for ever', () => {
  const { key, record } = createKeyRecord({ name: 'a', mode: 'live' }, pepper, 5)
  expect(record).toEqual({
    id: expect.stringMatching(/^key_/),
    name: 'a',
    mode: 'live',
    digest: keyDigest(key, pepper),
    account: 'default',
    labels: 0,
    limits: {},
    createdAt: 5,
  })
  expect(JSON.stringify(record)).not.toContain(key)
})

test('its models and its end are as was asked for', () => {
  const { key, record } = createKeyRecord(
    { name: 'a', mode: 'test', limits: { models: ['m/*'] }, expiresAt: 9 },
    pepper,
    5,
  )
  expect(key).toMatch(/^sk-speka-test-/)
  expect(record).toMatchObject({ mode: 'test', limits: { models: ['m/*'] }, expiresAt: 9 })
})
