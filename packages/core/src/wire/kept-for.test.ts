import { IdSeal } from '../sealed-id.ts'
import { keptFor, openKept } from './kept-for.ts'

const idSeal = new IdSeal(Buffer.from('a secret for tests'))
const at = { provider: 'openai', credential: 'k', id: 'resp_1' }

test('an id is good for the whole account that it was made for, and for no other', () => {
  const id = idSeal.seal('resp', keptFor({ account: 'acme' }), at)
  expect(openKept('resp', { idSeal, account: 'acme', keyId: 'key_1' }, id)).toMatchObject({ id: 'resp_1' })
  expect(openKept('resp', { idSeal, account: 'acme', keyId: 'key_2' }, id)).toMatchObject({ id: 'resp_1' })
  expect(openKept('resp', { idSeal, account: 'other', keyId: 'key_1' }, id)).toBeUndefined()
  expect(openKept('resp', { idSeal, account: undefined, keyId: 'key_1' }, id)).toBeUndefined()
})

test('an id from before, which was made for one key, is still good for that key', () => {
  const id = idSeal.seal('resp', 'key_1', at)
  expect(openKept('resp', { idSeal, account: 'acme', keyId: 'key_1' }, id)).toMatchObject({ id: 'resp_1' })
  expect(openKept('resp', { idSeal, account: 'acme', keyId: 'key_2' }, id)).toBeUndefined()
})

test('a key that is called like an account does not get what is the account’s', () => {
  const id = idSeal.seal('resp', keptFor({ account: 'acme' }), at)
  expect(openKept('resp', { idSeal, account: 'other', keyId: 'acme' }, id)).toBeUndefined()
})

test('without a secret nothing is opened', () => {
  const id = idSeal.seal('resp', keptFor({ account: 'acme' }), at)
  expect(openKept('resp', { account: 'acme' }, id)).toBeUndefined()
})
