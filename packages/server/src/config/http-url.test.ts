import { isHttpUrl, isOrigin } from './http-url.ts'

test.each(['http://127.0.0.1:8000/v1', 'https://a.example', 'https://a.example/v1/'])('%s is an address', (text) => {
  expect(isHttpUrl(text)).toBe(true)
})

test.each([
  'ftp://a.example',
  'a.example',
  '',
  'https://user@a.example',
  'https://:secret@a.example',
  'https://a.example?b=c',
  'https://a.example#b',
])('"%s" is none', (text) => {
  expect(isHttpUrl(text)).toBe(false)
})

test.each([
  'https://app.example.com',
  'http://localhost:3000',
  'app://obsidian.md',
  'capacitor://localhost',
  'chrome-extension://abcdef',
])('%s is an origin', (text) => {
  expect(isOrigin(text)).toBe(true)
})

test.each([
  'https://app.example.com/',
  'https://app.example.com/x',
  'https://user@app.example.com',
  'HTTPS://app.example.com',
  'https://app.example.com:443',
  'https://',
  'app.example.com',
  'app://obsidian.md/',
  'app://',
  'file://host',
  'null',
])('%s is no origin', (text) => {
  expect(isOrigin(text)).toBe(false)
})
