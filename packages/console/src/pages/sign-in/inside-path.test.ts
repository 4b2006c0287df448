import { insidePath } from './inside-path.ts'

test.each(['/', '/keys?q=a&status=active', '/requests/01a20737-0ce0-754f-9d18-9de9e3f01df9'])(
  '%s is in the console',
  (said) => {
    expect(insidePath(said)).toBe(said)
  },
)

test.each([
  '',
  'keys',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/a\\b',
  'https://evil.example/',
  'javascript:alert(1)',
])('%j leads to the first page', (said) => {
  expect(insidePath(said)).toBe('/')
})
