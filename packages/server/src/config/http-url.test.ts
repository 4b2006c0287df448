import { isHttpUrl } from './http-url.ts'

test.each(['http://127.0.0.1:8000/v1', 'https://a.example', 'https://a.example/v1/'])('%s is an address', (text) => {
  expect(isHttpUrl(text)).toBe(true)
})

test.each([
  'ftp://a.example',
  'a.example',
  '',
  'https://user@a.example',
  'https://a.example?b=c',
  'https://a.example#b',
])('"%s" is none', (text) => {
  expect(isHttpUrl(text)).toBe(false)
})
