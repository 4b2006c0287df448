import fc from 'fast-check'
import { parseInSlices } from './parse-in-slices.ts'

function sliced(text: string, atOnce: number): { value: unknown; turns: number } {
  const parsing = parseInSlices(Buffer.from(text), undefined, atOnce)
  for (let turns = 0; ; turns += 1) {
    const { done, value } = parsing.next()
    if (done === true) return { value, turns }
  }
}

/** What comes of it, or that nothing does. */
const outcome = (parse: () => unknown): string => {
  try {
    return JSON.stringify(parse())
  } catch {
    return 'no JSON'
  }
}

/**
 * None with a backslash: V8 13.6 itself reads the name in `{"a":1,"\"":2}` as a backslash once it has read `{"a":1,"\\":2}`, and what it reads is
 * what this is held to.
 */
const anyText = fc.string().filter((text) => !text.includes('\\'))
const name = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', '1', '0', 'a', 'é', '"', '{,['))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.jsonValue({ maxDepth: 0 }),
    fc.array(tie('tree')),
    fc.dictionary(name, tie('tree')),
  ),
}))
const nearly = fc
  .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"b"', '1', 'true', ' ', '"'), { maxLength: 14 })
  .map((tokens) => tokens.join(''))

describe('JSON that is parsed in slices', () => {
  test('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(tree, fc.nat(40), fc.constantFrom('', ' ', '\n'), (value, atOnce, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(JSON.stringify(sliced(text, atOnce).value)).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { numRuns: 500 },
    )
  })

  test('is refused where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(nearly, fc.nat(3), fc.constantFrom('', '[1,2,', '{"a":1,"b":['), (text, atOnce, before) => {
        for (const whole of [before + text, `${before}${text}]`, `${before}${text}]}`]) {
          expect(outcome(() => sliced(whole, atOnce).value)).toBe(outcome(() => JSON.parse(whole)))
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    '[1,2,3',
    '[1,2,3}',
    '[1,,2]',
    '[1,2,]',
    '[[1,2] 3]',
    '[1 [1,2]]',
    '{"a":1,"b":[1,2],}',
    '{"a" [1,2]}',
    '[1,2] 3',
  ])('is refused with the place: %s', (text) => {
    expect(() => sliced(text, 0)).toThrow(/at position \d+|end of/)
  })

  test('keeps the last of two members of one name, as JSON.parse does', () => {
    const text = '{"a":[1,2],"b":2,"a":[3,4],"b":5}'
    expect(JSON.stringify(sliced(text, 0).value)).toBe(JSON.stringify(JSON.parse(text)))
  })

  test('gives others a turn as often as there are pieces', () => {
    const text = JSON.stringify({ x: Array.from({ length: 1000 }, (_, index) => ({ [`k${index}`]: index })) })
    expect(sliced(text, text.length).turns).toBe(0)
    const { turns } = sliced(text, 1000)
    expect(turns).toBeGreaterThan(text.length / 1100)
    expect(turns).toBeLessThanOrEqual(text.length / 1000)
  })

  test('shows each piece, names of large members too', () => {
    const seen: unknown[] = []
    const parsing = parseInSlices(
      Buffer.from('{"a":1,"constructor":{"prototype":[1,2],"c":3}}'),
      (value) => seen.push(value),
      0,
    )
    while (parsing.next().done !== true);
    expect(seen).toContainEqual({ constructor: { prototype: [1, 2], c: 3 } })
    expect(seen).toContainEqual({ a: 1 })
  })
})
