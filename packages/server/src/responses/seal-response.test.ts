import { ResponseSeal, type ResponsePlace } from './seal-response.ts'

const [key, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array]
const place: ResponsePlace = { account: 'acme', mode: 'live', id: 'r1' }
const conversation = { response: Buffer.from('{"id":"résumé"}'), input: Buffer.from('"A secret word"') }
const sealOf = (...keys: Uint8Array[]) => new ResponseSeal(keys, 1000)

test('what was sealed opens as it was, with the key that it was sealed with, wherever that stands in the list', async () => {
  const sealed = await sealOf(key).seal(place, conversation)
  for (const seal of [sealOf(key), sealOf(other, key)]) expect(await seal.open(place, sealed)).toEqual(conversation)
  expect(await sealOf(other).open(place, sealed)).toBeUndefined()
  const again = await sealOf(other, key).seal(place, conversation)
  expect(await sealOf(key).open(place, again)).toBeUndefined()
})

test.each([
  ['account', 'other'],
  ['mode', 'test'],
  ['id', 'r2'],
] as const)('at another %s it does not open', async (field, value) => {
  const sealed = await sealOf(key).seal(place, conversation)
  expect(await sealOf(key).open({ ...place, [field]: value }, sealed)).toBeUndefined()
})

test('nothing of it can be read, nothing of it changed, and no two are alike', async () => {
  const seal = sealOf(key)
  const sealed = await seal.seal(place, conversation)
  expect(Buffer.from(sealed).includes('secret')).toBe(false)
  expect(await seal.seal(place, conversation)).not.toEqual(sealed)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))
    expect(await seal.open(place, changed)).toBeUndefined()
  }
  for (const short of [0, 5, 28]) expect(await seal.open(place, sealed.subarray(0, short))).toBeUndefined()
})

test('it lies compressed', async () => {
  const long = { response: Buffer.from('{}'), input: Buffer.alloc(900, 'a') }
  expect((await sealOf(key).seal(place, long)).length).toBeLessThan(200)
})
