import { responseUsage } from './response-usage.ts'

const counted = { prompt_tokens: 90, completion_tokens: 40 }
const usage = {
  input_tokens: 90,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 130,
}

test('parts of the prompt and of the answer are told within their whole', () => {
  const details = {
    prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
    completion_tokens_details: { reasoning_tokens: 15 },
  }
  expect(responseUsage({ ...counted, ...details })).toEqual({
    ...usage,
    input_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
    output_tokens_details: { reasoning_tokens: 15 },
  })
})

test.each([
  [{ cache_write_tokens: 20, cache_write_1h_tokens: 5 }, 20],
  [{ cache_write_1h_tokens: 5 }, 5],
])('what went into a cache is told together, however long it stays there: %j', (details, written) => {
  expect(responseUsage({ ...counted, prompt_tokens_details: details })).toEqual({
    ...usage,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: written },
  })
})

test.each([-1, 0.5, 91, '20', null])('%j tokens that went into a cache are none', (written) => {
  expect(responseUsage({ ...counted, prompt_tokens_details: { cache_write_tokens: written } })).toEqual(usage)
})

test.each(['estimated', 'capped'])('counts are told to be %s where they are, and nowhere else', (mark) => {
  expect(responseUsage({ ...counted, [mark]: true })).toEqual({ ...usage, [mark]: true })
  expect(responseUsage({ ...counted, [mark]: false })).toEqual(usage)
})

test('the cost is told as a number and as exact text, each where it is known', () => {
  expect(responseUsage({ ...counted, cost: 0.5, cost_details: { total: '0.5' } })).toEqual({
    ...usage,
    cost: 0.5,
    cost_details: { total: '0.5' },
  })
  expect(responseUsage({ ...counted, cost: '0.5', cost_details: null })).toEqual(usage)
})

test.each([undefined, {}, { prompt_tokens: 9 }, { completion_tokens: 4 }])('%j is no usage to speak of', (told) => {
  expect(responseUsage(told)).toBeUndefined()
})
