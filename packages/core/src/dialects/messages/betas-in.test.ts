import { betasIn } from './betas-in.ts'

test.each([
  { header: undefined, names: [] },
  { header: '', names: [] },
  { header: 'a-2025-01-01', names: ['anthropic-beta: a-2025-01-01'] },
  { header: 'a, b ,,a', names: ['anthropic-beta: a', 'anthropic-beta: b'] },
  { header: 'x'.repeat(200), names: [`anthropic-beta: ${'x'.repeat(100)}`] },
])('$header names $names', ({ header, names }) => {
  expect(betasIn(header === undefined ? {} : { 'anthropic-beta': header })).toEqual(names)
})

test('a client that asks for a thousand has the first of them named', () => {
  const header = Array.from({ length: 1000 }, (_, index) => `b${index}`).join(',')
  expect(betasIn({ 'anthropic-beta': header })).toHaveLength(32)
})
