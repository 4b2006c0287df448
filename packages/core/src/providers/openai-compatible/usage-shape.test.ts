import { mergeUsageJson, usageAsOpenAI } from './usage-shape.ts'

test('reasoning counted beside the answer is shown within it, and read so again', () => {
  const details = { reasoning_tokens: 100 }
  const beside = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 115 }
  const within = { ...beside, completion_tokens: 105, completion_tokens_details: details }
  expect(usageAsOpenAI({ ...beside, completion_tokens_details: details })).toEqual(within)
  expect(usageAsOpenAI({ ...beside, reasoning_tokens: 100 })).toEqual({ ...within, reasoning_tokens: 100 })
  expect(usageAsOpenAI(within)).toBe(within)
})

const whole = { prompt_tokens: 30, completion_tokens: 20, total_tokens: 50 }

test.each([
  ['the prompt, then the answer', { prompt_tokens: 30 }, { completion_tokens: 20 }, whole],
  ['the answer, then the prompt', { completion_tokens: 20 }, { prompt_tokens: 30 }, whole],
  [
    'each half with a sum of its own',
    { prompt_tokens: 30, completion_tokens: 0, total_tokens: 30 },
    { prompt_tokens: 0, completion_tokens: 20, total_tokens: 20 },
    whole,
  ],
  ['all of it, then nothing', whole, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, whole],
  [
    'what was cached, then a last event without it',
    { prompt_tokens: 30, prompt_tokens_details: { cached_tokens: 8 } },
    { ...whole, prompt_tokens_details: null },
    { ...whole, prompt_tokens_details: { cached_tokens: 8 } },
  ],
  [
    'the prompt, then an answer with reasoning beside it',
    { prompt_tokens: 30, total_tokens: 30 },
    { completion_tokens: 5, total_tokens: 50, completion_tokens_details: { reasoning_tokens: 15 } },
    { ...whole, completion_tokens_details: { reasoning_tokens: 15 } },
  ],
])('told in pieces: %s', (_, earlier, later, together) => {
  expect(mergeUsageJson(earlier, later)).toEqual(together)
})
