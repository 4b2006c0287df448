import { reachableUrl, urlAt } from './reachable-url.ts'

test.each([
  ['127.0.0.1', 'http://127.0.0.1:7735'],
  ['0.0.0.0', 'http://127.0.0.1:7735'],
  ['::', 'http://[::1]:7735'],
  ['::1', 'http://[::1]:7735'],
  ['gateway.lan', 'http://gateway.lan:7735'],
])('a listener at %s is reached at %s', (host, url) => {
  expect(reachableUrl(urlAt(host, 7735))).toBe(url)
})
