import fc from 'fast-check'
import { ToolNames } from './tool-names.ts'

const name = fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 60, maxLength: 128 })

test('names are as long as chat takes them, no two become one, and each is found again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 20 }), (names) => {
      const told = new ToolNames(names)
      const short = names.map((own) => told.forModel(own))
      expect(short.every(({ length }) => length <= 64)).toBe(true)
      expect(new Set(short).size).toBe(names.length)
      expect(short.map((own) => told.forCaller(own))).toEqual(names)
    }),
  )
})

test('a name that somebody has already made of a longer one is not given twice', () => {
  const long = 'a'.repeat(100)
  const made = new ToolNames([long]).forModel(long)
  const both = new ToolNames([long, made])
  expect(both.forModel(long)).not.toBe(made)
  expect(both.forCaller(made)).toBe(made)
})

test('a name becomes the same in every request, whatever other tools there are', () => {
  const [long, other] = ['a'.repeat(100), 'b'.repeat(100)]
  expect(new ToolNames([other, long]).forModel(long)).toBe(new ToolNames([long]).forModel(long))
})
