import fc from 'fast-check'
import { IdSeal } from './sealed-id.ts'

const seal = new IdSeal(Buffer.from('a pepper for tests'))
const stored = { provider: 'openai', credential: 'sk-first', id: 'resp_0123456789abcdef0123456789abcdef' }

const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => value.isWellFormed())
const anywhere = fc.record({ provider: text, credential: text, id: text })

test('an id opens for the account it was sealed for, and leads to where it was', () => {
  fc.assert(
    fc.property(fc.constantFrom('resp', 'file'), text, anywhere, (kind, account, at) => {
      const sealed = seal.seal(kind, account, at)
      expect(sealed).toMatch(new RegExp(`^${kind}_[\\w-]+$`))
      const opened = seal.open(kind, account, sealed)
      expect(opened).toMatchObject({ provider: at.provider, id: at.id })
      expect(opened?.isOf(at.credential)).toBe(true)
      expect(opened?.isOf(`${at.credential}x`)).toBe(false)
    }),
  )
})

test('an id opens for no other account', () => {
  fc.assert(
    fc.property(text, text, anywhere, (mine, theirs, at) => {
      fc.pre(mine !== theirs)
      expect(seal.open('resp', theirs, seal.seal('resp', mine, at))).toBeUndefined()
    }),
  )
})

test('an id of which any letter was changed, added or left out does not open', () => {
  const sealed = seal.seal('resp', 'key_1', stored)
  const letters = fc.constantFrom(...'ABCXYZabcxyz019-_!= ')
  fc.assert(
    fc.property(fc.nat(sealed.length), fc.nat(2), letters, (at, gone, letter) => {
      const forged = sealed.slice(0, at) + letter + sealed.slice(at + gone)
      fc.pre(forged !== sealed)
      expect(seal.open('resp', 'key_1', forged)).toBeUndefined()
    }),
    { numRuns: 2000 },
  )
  for (let at = 0; at < sealed.length; at += 1) {
    expect(seal.open('resp', 'key_1', sealed.slice(0, at))).toBeUndefined()
    expect(seal.open('resp', 'key_1', sealed.slice(0, at) + sealed.slice(at + 1))).toBeUndefined()
  }
})

test('whatever else is no id', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (given) => {
      expect(seal.open('resp', 'key_1', given)).toBeUndefined()
      expect(seal.open('resp', 'key_1', `resp_${given}`)).toBeUndefined()
    }),
  )
  expect(seal.open('resp', 'key_1', stored.id)).toBeUndefined()
  expect(seal.open('resp', 'key_1', `resp_${'A'.repeat(10_000_000)}`)).toBeUndefined()
})

test('an id of one kind is none of another, and none where the secret is another', () => {
  const sealed = seal.seal('resp', 'key_1', stored)
  expect(seal.open('file', 'key_1', sealed.replace('resp_', 'file_'))).toBeUndefined()
  expect(new IdSeal(Buffer.from('another pepper')).open('resp', 'key_1', sealed)).toBeUndefined()
})

test('texts that meet are not taken for others', () => {
  const sealed = seal.seal('resp', 'ab', stored)
  expect(seal.open('resp', 'a', sealed)).toBeUndefined()
  expect(seal.seal('resp', 'a', { ...stored, provider: 'ab', id: 'c' })).not.toBe(
    seal.seal('resp', 'a', { ...stored, provider: 'a', id: 'bc' }),
  )
})

test('the same is sealed the same, and says nothing of what is in it', () => {
  const sealed = seal.seal('resp', 'key_1', stored)
  expect(seal.seal('resp', 'key_1', stored)).toBe(sealed)
  const inside = Buffer.from(sealed.slice('resp_'.length), 'base64url').toString('latin1')
  for (const secret of ['openai', 'sk-first', stored.id.slice(5), 'key_1']) {
    expect(inside).not.toContain(secret)
    expect(sealed).not.toContain(secret)
  }
})

test('ids of before still open', () => {
  const sealed =
    'resp_AUSt1QKwSbcVH8u03-OJL_FwmUHJFx7zfd_rmglwVOv38GhWZv8kvUJSPxG9xEMbQH4dzfk3Ie8GpMGGlGruLM_-pwZF359WAXY'
  expect(seal.open('resp', 'key_1', sealed)).toMatchObject({ provider: 'openai', id: stored.id })
})
