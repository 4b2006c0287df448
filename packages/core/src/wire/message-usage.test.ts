import { writeMessageUsage } from './message-usage.ts'

describe('usage by the names of Anthropic', () => {
  test('counts a prompt apart from what came from the cache and what went into it, by how long it stays there', () => {
    const usage = {
      inputTokens: 100,
      outputTokens: 7,
      cachedInputTokens: 40,
      cacheWriteTokens: 20,
      cacheWrite1hTokens: 5,
    }
    expect(writeMessageUsage(usage)).toEqual({
      input_tokens: 35,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 25,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 5 },
      output_tokens: 7,
    })
  })

  test.each([
    [{ cacheWriteTokens: 20 }, { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 }],
    [{ cacheWrite1hTokens: 20 }, { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 20 }],
  ])('tells of %j how long it stays in the cache', (written, split) => {
    expect(writeMessageUsage({ inputTokens: 20, ...written })).toMatchObject({
      input_tokens: 0,
      cache_creation_input_tokens: 20,
      cache_creation: split,
    })
  })

  test('has 0 for what nobody has told, and says nothing of a cache or of searches', () => {
    const none = { input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 0 }
    expect(writeMessageUsage({})).toEqual(none)
  })

  test('has no prompt of less than nothing, where more came from the cache than there was', () => {
    expect(writeMessageUsage({ inputTokens: 3, cachedInputTokens: 5 }).input_tokens).toBe(0)
  })

  test('has the searches that were made, none included', () => {
    expect(writeMessageUsage({ searches: 2 }).server_tool_use).toEqual({ web_search_requests: 2 })
    expect(writeMessageUsage({ searches: 0 }).server_tool_use).toEqual({ web_search_requests: 0 })
  })
})
