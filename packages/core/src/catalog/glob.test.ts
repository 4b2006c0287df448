import fc from 'fast-check'
import { isGlob, matchesGlob } from './glob.ts'

test.each([
  { pattern: 'acme/fast', matches: ['acme/fast'], not: ['acme/fast2', 'acme/fas', 'xacme/fast', ''] },
  { pattern: '*', matches: ['', 'a', 'a/b'], not: [] },
  { pattern: 'acme/*', matches: ['acme/', 'acme/fast', 'acme/a/b'], not: ['acme', 'other/acme/', 'xacme/fast'] },
  { pattern: '*-mini', matches: ['-mini', 'gpt-mini'], not: ['gpt-minis', 'mini'] },
  { pattern: 'a*a', matches: ['aa', 'aba'], not: ['a', 'ab', 'ba'] },
  { pattern: 'a*b*c', matches: ['abc', 'a-b-c', 'abbc', 'abcbc'], not: ['ac', 'acb', 'a-c', 'ab'] },
  // What a piece has taken is no longer there for the next, nor for the end.
  { pattern: 'a*b*b', matches: ['abb', 'a-b-b'], not: ['ab', 'a-b'] },
  { pattern: '*ab*bc', matches: ['abbc', 'ab-bc'], not: ['abc'] },
  { pattern: '*aba*aba*', matches: ['abaaba', 'aba-aba'], not: ['ababa', 'aba'] },
  { pattern: '*x*', matches: ['x', 'axb'], not: ['', 'ab'] },
  { pattern: 'a**b', matches: ['ab', 'a-b'], not: ['a', 'b'] },
])('"$pattern" matches $matches, and not $not', ({ pattern, matches, not }) => {
  for (const text of matches) expect({ text, matched: matchesGlob(pattern, text) }).toEqual({ text, matched: true })
  for (const text of not) expect({ text, matched: matchesGlob(pattern, text) }).toEqual({ text, matched: false })
})

/** What it should be: all the ways to match, tried one after the other. */
function matchesSlowly(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern
  if (pattern === '') return text === ''
  if (first !== '*') return text.startsWith(first) && matchesSlowly(rest.join(''), text.slice(1))
  return Array.from({ length: text.length + 1 }, (_, taken) => text.slice(taken)).some((left) =>
    matchesSlowly(rest.join(''), left),
  )
}

test('a star stands for any run of characters, in every pattern and text', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      expect(matchesGlob(pattern, text)).toBe(matchesSlowly(pattern, text))
    }),
    { numRuns: 2000 },
  )
})

test('a pattern is one with a star', () => {
  expect([isGlob('acme/*'), isGlob('acme/fast'), isGlob('')]).toEqual([true, false, false])
})
