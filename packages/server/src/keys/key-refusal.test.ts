import { authorizationIn } from './key-refusal.ts'

test.each([
  { headers: {}, found: undefined },
  { headers: { authorization: 'Bearer a' }, found: 'Bearer a' },
  { headers: { 'x-api-key': 'a' }, found: 'Bearer a' },
  { headers: { authorization: 'bearer  a', 'x-api-key': 'a' }, found: 'Bearer a' },
  { headers: { authorization: '', 'x-api-key': 'a' }, found: 'Bearer a' },
  { headers: { authorization: 'Bearer a', 'x-api-key': '' }, found: 'Bearer a' },
])('finds $found in $headers', ({ headers, found }) => {
  expect(authorizationIn(headers)).toBe(found)
})

test('refuses two keys that differ: which of them is to pay is not for the gateway to guess', () => {
  expect(() => authorizationIn({ authorization: 'Bearer a', 'x-api-key': 'b' })).toThrow('Two different keys')
  expect(() => authorizationIn({ authorization: 'Basic a', 'x-api-key': 'a' })).toThrow('Two different keys')
})
