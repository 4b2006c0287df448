import { inTier, readServiceTier, readUsage } from './read-usage.ts'

test.each([
  ['zero', 0, 0],
  ['many', 128_000, 128_000],
  ['negative', -1, undefined],
  ['a fraction', 1.5, undefined],
  ['huge', 1e300, undefined],
  ['beyond what is exact', 2 ** 53, undefined],
  ['the most that is believed', 100_000_000, 100_000_000],
  ['beyond belief', 100_000_001, undefined],
  ['infinite', Infinity, undefined],
  ['not a number', NaN, undefined],
  ['text', '12', undefined],
  ['null', null, undefined],
  ['a list', [12], undefined],
  ['true', true, undefined],
])('a count that is %s reads as it should', (_, given, expected) => {
  expect(readUsage({ prompt_tokens: given, completion_tokens: 3 })).toMatchObject({
    inputTokens: expected,
    outputTokens: 3,
  })
  expect(readUsage({ prompt_tokens: 3, completion_tokens: given })).toMatchObject({
    inputTokens: 3,
    outputTokens: expected,
  })
})

test.each([
  ['OpenAI', { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4 } }, 4],
  ['DeepSeek', { prompt_tokens: 10, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }, 4],
  ['Moonshot', { prompt_tokens: 10, cached_tokens: 4 }, 4],
  ['one that spells it with fewer letters', { prompt_tokens: 10, prompt_token_details: { cached_tokens: 4 } }, 4],
  ['Mistral', { prompt_tokens: 10, num_cached_tokens: 4 }, 4],
  ['an upstream that had it all', { prompt_tokens: 10, cached_tokens: 10 }, 10],
  ['an upstream with more cached than there was', { prompt_tokens: 10, cached_tokens: 11 }, undefined],
  ['an upstream that says nothing of it', { prompt_tokens: 10, prompt_tokens_details: null }, undefined],
])('cached tokens are found in the usage of %s', (_, usage, cached) => {
  expect(readUsage(usage).cachedInputTokens).toBe(cached)
})

test('reasoning is a part of the output, or unknown', () => {
  expect(readUsage({ completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 5 } }).reasoningTokens).toBe(
    5,
  )
  expect(
    readUsage({ completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 5 } }).reasoningTokens,
  ).toBeUndefined()
})

test.each([
  [
    'beside the answer, as the total says',
    { total_tokens: 115, completion_tokens_details: { reasoning_tokens: 100 } },
    105,
    100,
  ],
  ['beside the answer, and told at the top', { total_tokens: 115, reasoning_tokens: 100 }, 105, 100],
  [
    'within the answer, as the total says',
    { total_tokens: 15, completion_tokens_details: { reasoning_tokens: 4 } },
    5,
    4,
  ],
  [
    'within, though more than the whole',
    { total_tokens: 15, completion_tokens_details: { reasoning_tokens: 100 } },
    5,
    undefined,
  ],
  [
    'with a total that says neither',
    { total_tokens: 60, completion_tokens_details: { reasoning_tokens: 100 } },
    5,
    undefined,
  ],
  ['without a total', { completion_tokens_details: { reasoning_tokens: 4 } }, 5, 4],
  ['a single one, beside', { total_tokens: 16, reasoning_tokens: 1 }, 6, 1],
  ['at the top, with a total that says nothing', { total_tokens: 15, reasoning_tokens: 4 }, 5, undefined],
  ['at the top, as none', { total_tokens: 15, reasoning_tokens: 0 }, 5, undefined],
  ['as none', { total_tokens: 15, completion_tokens_details: { reasoning_tokens: 0 } }, 5, 0],
])('reasoning counted %s', (_, more, outputTokens, reasoningTokens) => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, ...more }
  expect(readUsage(usage)).toMatchObject({ inputTokens: 10, outputTokens, reasoningTokens })
})

test('reasoning is all there was', () => {
  const usage = { completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 5 } }
  expect(readUsage(usage).reasoningTokens).toBe(5)
  expect(readUsage({ ...usage, completion_tokens_details: null }).reasoningTokens).toBeUndefined()
})

test.each([undefined, null, 5, 'usage', [1]])('%p is no usage at all', (value) => {
  expect(readUsage(value)).toEqual({})
})

const counted = { prompt_tokens: 100, completion_tokens: 50 }

test.each([
  [
    'what went into the cache, as OpenRouter says it',
    { prompt_tokens_details: { cache_write_tokens: 30 } },
    { cacheWriteTokens: 30 },
  ],
  ['the same in the words of LiteLLM', { cache_creation_input_tokens: 30 }, { cacheWriteTokens: 30 }],
  [
    'what went there for an hour, as another gateway of ours says it',
    { prompt_tokens_details: { cache_write_tokens: 30, cache_write_1h_tokens: 10 } },
    { cacheWriteTokens: 20, cacheWrite1hTokens: 10 },
  ],
  [
    'sound',
    { prompt_tokens_details: { audio_tokens: 60 }, completion_tokens_details: { audio_tokens: 40 } },
    { audioInputTokens: 60, audioOutputTokens: 40 },
  ],
  ['searches', { server_tool_use: { web_search_requests: 3 } }, { searches: 3 }],
  ['searches, as Perplexity says it', { num_search_queries: 2 }, { searches: 2 }],
  ['nothing of what is none', { prompt_tokens_details: { audio_tokens: 0, cache_write_tokens: 0 } }, {}],
  [
    'nothing of what its whole cannot hold',
    { prompt_tokens_details: { audio_tokens: 101, cache_write_tokens: 101 } },
    {},
  ],
])('usage tells %s', (_, told, counts) => {
  expect(readUsage({ ...counted, ...told })).toEqual({ inputTokens: 100, outputTokens: 50, ...counts })
})

test.each([
  ['flex', 'flex'],
  ['', undefined],
  ['auto', undefined],
  [7, undefined],
  ['x'.repeat(40), 'x'.repeat(40)],
  ['x'.repeat(41), undefined],
])('the tier that served a request is a word: %p', (told, tier) => {
  expect(readServiceTier(told)).toBe(tier)
})

test('usage with a tier is what it was, and with none the very same', () => {
  const usage = { inputTokens: 9 }
  expect(inTier(usage, 'flex')).toEqual({ inputTokens: 9, serviceTier: 'flex' })
  expect(inTier(usage, undefined)).toBe(usage)
})
