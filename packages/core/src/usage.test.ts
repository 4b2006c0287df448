import fc from 'fast-check'
import { mergeUsage, tellsAll, type Usage } from './usage.ts'

const counts = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'reasoningTokens', 'images'] as const

test.each(counts)('%s of a later frame replaces that of an earlier one, unless it says nothing', (count) => {
  const told = { [count]: 7 }
  expect(mergeUsage(told, {})[count]).toBe(7)
  expect(mergeUsage({}, told)[count]).toBe(7)
  expect(mergeUsage(told, { [count]: 9 })[count]).toBe(9)
  expect(mergeUsage(told, { [count]: 3 })[count]).toBe(3)
  expect(mergeUsage(told, { [count]: 0 })[count]).toBe(7)
  expect(mergeUsage({ [count]: 0 }, told)[count]).toBe(7)
  expect(mergeUsage({}, { [count]: 0 })[count]).toBe(0)
  expect(mergeUsage({}, {})[count]).toBeUndefined()
})

test.each(['estimated', 'capped'] as const)('usage that was %s is so until a frame says that it is not', (mark) => {
  expect(mergeUsage({ [mark]: true }, {})[mark]).toBe(true)
  expect(mergeUsage({}, { [mark]: true })[mark]).toBe(true)
  expect(mergeUsage({ [mark]: true }, { [mark]: false })[mark]).toBe(false)
  expect(mergeUsage({}, {})[mark]).toBeUndefined()
})

test('the tier that served it is the one told last', () => {
  expect(mergeUsage({ serviceTier: 'flex' }, {}).serviceTier).toBe('flex')
  expect(mergeUsage({ inputTokens: 1 }, { serviceTier: 'flex' }).serviceTier).toBe('flex')
  expect(mergeUsage({ serviceTier: 'flex' }, { serviceTier: 'default' }).serviceTier).toBe('default')
})

test('what was once cut to what is believable is so until a frame says that it is not', () => {
  expect(mergeUsage({ capped: true }, {}).capped).toBe(true)
  expect(mergeUsage({}, { capped: true }).capped).toBe(true)
  expect(mergeUsage({ capped: true }, { capped: false }).capped).toBe(false)
  expect(mergeUsage({}, {}).capped).toBeUndefined()
})

const someUsage = fc.record(
  Object.fromEntries(counts.map((count) => [count, fc.option(fc.nat(3), { nil: undefined })])),
)

test('merging loses no count, and does not depend on how the frames are grouped', () => {
  fc.assert(
    fc.property(someUsage, someUsage, someUsage, (a: Usage, b: Usage, c: Usage) => {
      const merged = mergeUsage(mergeUsage(a, b), c)
      expect(merged).toEqual(mergeUsage(a, mergeUsage(b, c)))
      for (const count of counts) {
        const told = [a, b, c].map((usage) => usage[count]).filter((value) => value !== undefined)
        expect(merged[count]).toBe(told.findLast((value) => value > 0) ?? told[0])
      }
    }),
  )
})

test('a frame tells all when merging it with the earlier ones changes nothing but zeros', () => {
  fc.assert(
    fc.property(someUsage, someUsage, (earlier: Usage, later: Usage) => {
      const merged = mergeUsage(earlier, later)
      expect(tellsAll(later, earlier)).toBe(counts.every((count) => (merged[count] ?? 0) === (later[count] ?? 0)))
    }),
  )
})
