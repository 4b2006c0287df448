import fc from 'fast-check'
import { judgeKey, mintKey, mintKeyId } from './key-format.ts'

const mode = fc.constantFrom('live' as const, 'test' as const)

describe('a virtual key', () => {
  test.each(['live', 'test'] as const)('for %s has its prefix, 43 secret digits and 6 of checksum', (mode) => {
    const key = mintKey(mode)
    expect(key).toMatch(new RegExp(`^sk-speka-${mode}-[0-9A-Za-z]{49}$`))
    expect(judgeKey(key)).toBe('plausible')
  })

  test('is never minted twice', () => {
    expect(new Set(Array.from({ length: 2000 }, () => mintKey('live'))).size).toBe(2000)
  })

  // Keys that are out there must stay good.
  test('minted by an earlier version is still good', () => {
    expect(judgeKey('sk-speka-live-waUL5mRnwTVjCavY8y2cOKDf06JFLCNTHR16qfRm9Xy1rmTDn')).toBe('plausible')
  })

  test('with any one character changed is mistyped or no key', () => {
    const change = fc.tuple(mode, fc.nat({ max: 62 }), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }))
    fc.assert(
      fc.property(change, ([mode, at, character]) => {
        const key = mintKey(mode)
        const changed = key.slice(0, at) + character + key.slice(at + 1)
        if (changed !== key) expect(judgeKey(changed)).not.toBe('plausible')
      }),
      { numRuns: 2000 },
    )
  })

  test('with two neighbours swapped, a part missing or a part too much is mistyped or no key', () => {
    fc.assert(
      fc.property(mode, fc.nat({ max: 61 }), fc.string({ minLength: 1 }), (mode, at, more) => {
        const key = mintKey(mode)
        const swapped = key.slice(0, at) + key.charAt(at + 1) + key.charAt(at) + key.slice(at + 2)
        if (swapped !== key) expect(judgeKey(swapped)).not.toBe('plausible')
        expect(judgeKey(key.slice(0, at))).not.toBe('plausible')
        expect(judgeKey(key + more)).not.toBe('plausible')
        expect(judgeKey(more + key)).not.toBe('plausible')
      }),
    )
  })

  test('made live from a test key is mistyped', () => {
    expect(judgeKey(mintKey('test').replace('test', 'live'))).toBe('mistyped')
  })

  test.each(['', 'sk-speka-', 'sk-proj-abc', 'SK-SPEKA-LIVE-1', `' OR '1'='1`, 'key_abc', 'a'.repeat(64)])(
    'is not "%s"',
    (text) => {
      expect(judgeKey(text)).toBe('foreign')
    },
  )
})

test('the id of a key is opaque and of one length', () => {
  const ids = Array.from({ length: 500 }, mintKeyId)
  for (const id of ids) expect(id).toMatch(/^key_[0-9A-Za-z]{22}$/)
  expect(new Set(ids).size).toBe(500)
})
