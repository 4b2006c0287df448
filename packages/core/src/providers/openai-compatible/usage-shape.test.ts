import { mergeUsageJson, usageAsOpenAI } from './usage-shape.ts'

test('reasoning counted beside the answer is shown within it, and read so again', () => {
  const details = { reasoning_tokens: 100 }
  const beside = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 115 }
  const within = { ...beside, completion_tokens: 105, completion_tokens_details: details }
  expect(usageAsOpenAI({ ...beside, completion_tokens_details: details })).toEqual(within)
  expect(usageAsOpenAI({ ...beside, reasoning_tokens: 100 })).toEqual({ ...within, reasoning_tokens: 100 })
  expect(usageAsOpenAI(within)).toBe(within)
})

test.each([
  ['of the prompt', { prompt_tokens_details: null }],
  ['of the answer', { completion_tokens_details: null }],
  ['of both', { prompt_tokens_details: null, completion_tokens_details: null }],
])('details that are `null` are left out: %s', (_, details) => {
  const counts = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, told: null }
  expect(usageAsOpenAI({ ...counts, ...details })).toEqual(counts)
})

test('what a cache had, and the sum, are put where OpenAI has them, beside what stands there', () => {
  const told = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { audio_tokens: 2 } }
  expect(usageAsOpenAI({ ...told, prompt_cache_hit_tokens: 4 })).toEqual({
    ...told,
    prompt_cache_hit_tokens: 4,
    prompt_tokens_details: { audio_tokens: 2, cached_tokens: 4 },
    total_tokens: 15,
  })
})

test.each([
  { why: 'it is whole', usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } },
  { why: 'it has no answer to add up', usage: { prompt_tokens: 10 } },
  { why: 'it has no prompt to add up', usage: { completion_tokens: 5 } },
  { why: 'no reasoning is none', usage: { completion_tokens: 5, reasoning_tokens: 0 } },
])('usage stays the very same object where $why', ({ usage }) => {
  expect(usageAsOpenAI(usage)).toBe(usage)
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
