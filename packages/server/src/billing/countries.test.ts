import { countries } from './countries.ts'

test('there are as many countries as ISO 3166-1 assigns, each by two capital letters', () => {
  expect(countries.size).toBe(249)
  expect([...countries].every((code) => /^[A-Z]{2}$/.test(code))).toBe(true)
})

test('each has a name, which is not its code', () => {
  const names = new Intl.DisplayNames('en', { type: 'region' })
  expect([...countries].filter((code) => (names.of(code) ?? code) === code)).toEqual([])
})

test.each(['de', 'EL', 'UK', 'EU', 'XX', ''])('%j is none', (code) => {
  expect(countries.has(code)).toBe(false)
})
