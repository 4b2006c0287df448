import fc from 'fast-check'
import { backPath, backQuery } from './back-path.ts'

test.each([
  { said: '/console', leads: '/console' },
  { said: '/console/requests?outcome=failed&q=a%26b#last', leads: '/console/requests?outcome=failed&q=a%26b#last' },
  { said: '/pricing?model=speka/sandbox', leads: '/pricing?model=speka/sandbox' },
  { said: '/console/keys?q=Zoë', leads: '/console/keys?q=Zo%C3%AB' },
  { said: '/console?next=https://evil.example/', leads: '/console?next=https://evil.example/' },
])('$said leads back to $leads', ({ said, leads }) => {
  expect(backPath(said)).toBe(leads)
})

test.each([
  undefined,
  null,
  '',
  'console',
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/.//evil.example',
  '/console/..//evil.example',
  '/%2e//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/console\r\nset-cookie: a=b',
  '/console\u0000',
  '/console\u0085',
  'javascript:alert(1)',
  '@evil.example',
  `/${'a'.repeat(2048)}`,
])('%j leads nowhere', (said) => {
  expect(backPath(said)).toBeUndefined()
})

test('whatever is said, no browser leaves the host by it, and a header may hold it', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '\t',
    '\n',
    '%2e',
    '%2f',
    '%5c',
    ':',
    '@',
    '?',
    '#',
    'evil.example',
    'a',
  )
  const said = fc.oneof(
    fc.string(),
    fc.array(pieces).map((parts) => parts.join('')),
    fc.webUrl(),
  )
  fc.assert(
    fc.property(said, (text) => {
      const back = backPath(text)
      if (back === undefined) return
      expect(new URL(back, 'https://own.example/login').origin).toBe('https://own.example')
      expect(back).toMatch(/^\/[!-~]*$/)
      expect(backPath(back)).toBe(back)
    }),
    { numRuns: 2000 },
  )
})

test('as part of a query it is one value', () => {
  expect(new URLSearchParams(backQuery('/console?a=1&b=2')).get('back')).toBe('/console?a=1&b=2')
  expect(backQuery(undefined)).toBe('')
})
