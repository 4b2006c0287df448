import { readResponseUsage } from './read-response-usage.ts'

const counts = { input_tokens: 90, output_tokens: 40 }
const plain = { inputTokens: 90, outputTokens: 40 }

test('a response without usage has used nothing that is known', () => {
  expect(readResponseUsage({ usage: null, service_tier: 'flex' })).toEqual({})
})

test.each([
  ['OpenAI', { cached_tokens: 30, cache_write_tokens: 20 }],
  ['those who follow Anthropic', { cache_read_input_tokens: 30, cache_creation_input_tokens: 20 }],
])('what came from a cache and what went into it is read by the names of %s', (_, details) => {
  expect(readResponseUsage({ usage: { ...counts, input_tokens_details: details } })).toEqual({
    ...plain,
    cachedInputTokens: 30,
    cacheWriteTokens: 20,
  })
})

test.each([
  ['as much as its whole', 90, 40, { cachedInputTokens: 90, reasoningTokens: 40 }],
  ['more than its whole, which it cannot be', 91, 41, {}],
])('a part may be %s', (_, cached, reasoning, parts) => {
  const usage = {
    ...counts,
    input_tokens_details: { cached_tokens: cached },
    output_tokens_details: { reasoning_tokens: reasoning },
  }
  expect(readResponseUsage({ usage })).toEqual({ ...plain, ...parts })
})

test('a part is told without its whole as well', () => {
  const usage = { input_tokens_details: { cached_tokens: 30 }, output_tokens_details: { reasoning_tokens: 15 } }
  expect(readResponseUsage({ usage })).toEqual({ cachedInputTokens: 30, reasoningTokens: 15 })
})

test.each([
  ['default', 'default'],
  ['flex', 'flex'],
  ['auto', undefined],
  [null, undefined],
])('the tier %j says that it was served in %j', (tier, serviceTier) => {
  expect(readResponseUsage({ usage: counts, service_tier: tier }).serviceTier).toBe(serviceTier)
})

const search = { type: 'web_search_call', status: 'completed' }

test.each([
  ['a search', search, 1],
  ['a search whose action is told', { ...search, action: { type: 'search', query: 'x' } }, 1],
  ['a search that failed', { ...search, status: 'failed' }, undefined],
  ['a page that was opened', { ...search, action: { type: 'open_page' } }, undefined],
  ['a call of a function', { type: 'function_call', status: 'completed' }, undefined],
  ['what is no item', null, undefined],
])('of what was done %s is counted as it is charged', (_, item, searches) => {
  expect(readResponseUsage({ usage: counts, output: [item] }).searches).toBe(searches)
  expect(readResponseUsage({ usage: counts, output: [search, item] }).searches).toBe(1 + (searches ?? 0))
})

test.each([
  ['web_search', { web_search: { invocation: 3 } }, 3],
  ['search_web', { search_web: { invocation: 2 } }, 2],
  ['another tool', { fetch_url: { invocation: 2 } }, undefined],
  ['none', { web_search: { invocation: 0 } }, undefined],
  ['no number', { web_search: { invocation: 'many' } }, undefined],
  ['no object', { web_search: 3 }, undefined],
])('searches that only usage counts are read from there: %s', (_, details, searches) => {
  expect(readResponseUsage({ usage: { ...counts, tool_calls_details: details } })).toEqual({
    ...plain,
    ...(searches !== undefined && { searches }),
  })
})

test.each([
  ['are counted beside its words, as the total shows', 145, 55],
  ['are counted among its words, as the total shows', 130, 40],
  ['are counted in one way or the other, which no total shows', undefined, 40],
])('thoughts of an answer %s', (_, total, outputTokens) => {
  const usage = { ...counts, output_tokens_details: { reasoning_tokens: 15 }, total_tokens: total }
  expect(readResponseUsage({ usage })).toMatchObject({ inputTokens: 90, outputTokens, reasoningTokens: 15 })
})
