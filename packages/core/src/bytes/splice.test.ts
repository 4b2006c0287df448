import fc from 'fast-check'
import { scanObject, type ObjectScan } from './scan-object.ts'
import { dropMembers, join, setMember, splice } from './splice.ts'

const value = fc.jsonValue({ maxDepth: 2 })
const keys = fc.constantFrom('model', 'models', 'stream', 'n', 'a', 'b', 'ü"', '')
const object = fc.uniqueArray(fc.tuple(keys, value), { selector: ([key]) => key, maxLength: 7 })
const gap = fc.constantFrom('', ' ', '\n\t')

const write = (members: readonly (readonly [string, unknown])[], space: string): Buffer =>
  Buffer.from(
    `{${members.map(([key, inner]) => `${space}${JSON.stringify(key)}${space}:${space}${JSON.stringify(inner)}`).join(`${space},`)}${space}}`,
  )

const scanned = (bytes: Buffer): ObjectScan => scanObject(bytes)!
const parse = (pieces: readonly Uint8Array[]): unknown => JSON.parse(join(pieces).toString())

test('setting and dropping members gives the object one would expect', () => {
  fc.assert(
    fc.property(object, gap, fc.uniqueArray(keys), fc.option(keys), value, (members, space, doomed, key, inner) => {
      const bytes = write(members, space)
      const scan = scanned(bytes)
      const dropped = doomed.filter((name) => name !== key)
      const edits = dropMembers(scan, (name) => dropped.some((one) => one === name))
      if (key !== null) edits.push(setMember(scan, key, JSON.stringify(inner)))
      const expected = new Map(members.filter(([name]) => !dropped.some((one) => one === name)))
      if (key !== null) expected.set(key, inner)
      // A new member goes to the front; nothing may be left of it but a comma when all others were dropped.
      fc.pre(key === null || members.some(([name]) => name === key) || expected.size > 1 || members.length === 0)
      expect(parse(splice(bytes, edits))).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(expected))))
    }),
  )
})

test('what is not edited is not copied', () => {
  const bytes = Buffer.from('{"model":"a","messages":[]}')
  const pieces = splice(bytes, [setMember(scanned(bytes), 'model', '"b"')])
  expect(pieces.map((piece) => Buffer.from(piece).toString())).toEqual(['{"model":', '"b"', ',"messages":[]}'])
  expect(pieces[0]?.buffer).toBe(bytes.buffer)
  expect(splice(bytes, [])).toEqual([bytes])
})

test('edits may come in any order, and insertions at one place keep theirs', () => {
  const bytes = Buffer.from('abcdef')
  const edits = [
    { start: 4, end: 5, text: 'E' },
    { start: 0, end: 0, text: '1' },
    { start: 0, end: 0, text: Buffer.from('2') },
    { start: 0, end: 1, text: '' },
  ]
  expect(join(splice(bytes, edits)).toString()).toBe('12bcdEf')
})

test('an object that loses every member is empty', () => {
  const bytes = Buffer.from('{ "a": 1, "b": 2 }')
  expect(
    parse(
      splice(
        bytes,
        dropMembers(scanned(bytes), () => true),
      ),
    ),
  ).toEqual({})
})

test('joining one piece does not copy it', () => {
  const only = Buffer.from('x')
  expect(join([only])).toBe(only)
  expect(join([])).toHaveLength(0)
})

test('no piece is empty', () => {
  const bytes = Buffer.from('{"a":1}')
  const edits = [
    { start: 0, end: 1, text: '' },
    { start: 1, end: 4, text: '"b"' },
    { start: 4, end: 6, text: Buffer.from(':2') },
    { start: 6, end: 7, text: '' },
  ]
  expect(splice(bytes, edits).map(String)).toEqual(['"b"', ':2'])
  expect(splice(bytes, []).map(String)).toEqual(['{"a":1}'])
})

test('what is put in may come in pieces', () => {
  const text = ['"b"', ':', '2,'].map((piece) => Buffer.from(piece))
  expect(join(splice(Buffer.from('{"a":1}'), [{ start: 1, end: 1, text }])).toString()).toBe('{"b":2,"a":1}')
})
