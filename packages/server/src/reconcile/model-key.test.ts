import { modelKey } from './model-key.ts'

test.each([
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
  ['claude-haiku-4-5-20251001', 'Claude Haiku 4.5'],
  ['openai/gpt-4.1-2025-04-14', 'openai/gpt-4.1'],
])('%s is %s', (one, other) => {
  expect(modelKey(one)).toBe(modelKey(other))
})

test('different models stay apart', () => {
  expect(modelKey('gpt-4o')).not.toBe(modelKey('gpt-4o-mini'))
  expect(modelKey('deepseek/deepseek-r1:free')).not.toBe(modelKey('deepseek/deepseek-r1'))
})
