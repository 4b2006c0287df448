import fc from 'fast-check'
import { mergeClaudeCounts, readClaudeUsage } from './read-usage.ts'

test.each([
  ['all is fresh', { input_tokens: 9, output_tokens: 5 }, 9, undefined],
  ['some came from the cache', { input_tokens: 9, cache_read_input_tokens: 3, output_tokens: 5 }, 12, 3],
  ['some went into it', { input_tokens: 9, cache_creation_input_tokens: 4, output_tokens: 5 }, 13, undefined],
  ['nothing is said of what was fresh', { cache_read_input_tokens: 3, output_tokens: 5 }, undefined, undefined],
])('a prompt is counted with what came from the cache and went into it: %s', (_, counts, inputTokens, cached) => {
  expect(readClaudeUsage(counts)).toMatchObject({ inputTokens, cachedInputTokens: cached, outputTokens: 5 })
})

test.each([
  [4, 5, 4],
  [5, 5, 5],
  [6, 5, undefined],
  [4, undefined, 4],
])('%p tokens of thinking in %p of answer are read as %p', (thinking, output, reasoningTokens) => {
  const counts = { output_tokens: output, output_tokens_details: { thinking_tokens: thinking } }
  expect(readClaudeUsage(counts).reasoningTokens).toBe(reasoningTokens)
})

test.each([
  ['of five minutes', undefined, { cacheWriteTokens: 40 }],
  ['of an hour', { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 40 }, { cacheWrite1hTokens: 40 }],
  [
    'of both',
    { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 },
    { cacheWriteTokens: 30, cacheWrite1hTokens: 10 },
  ],
  ['that cannot be', { ephemeral_1h_input_tokens: 50 }, { cacheWrite1hTokens: 40 }],
])('what went into the cache is told by how long it stays there: %s', (_, split, counts) => {
  const usage = { input_tokens: 9, cache_creation_input_tokens: 40, cache_creation: split, output_tokens: 5 }
  expect(readClaudeUsage(usage)).toEqual({ inputTokens: 49, outputTokens: 5, ...counts })
})

test.each([
  [0, {}],
  [1, { cacheWriteTokens: 1 }],
])('of %i tokens that went into the cache as many are told', (written, counts) => {
  const usage = { input_tokens: 9, cache_creation_input_tokens: written, output_tokens: 5 }
  expect(readClaudeUsage(usage)).toEqual({ inputTokens: 9 + written, outputTokens: 5, ...counts })
})

test('searches and the tier that served it are told with the counts, also over several events', () => {
  const told = { server_tool_use: { web_search_requests: 2 }, service_tier: 'priority' }
  const merged = mergeClaudeCounts({ input_tokens: 9, service_tier: 'standard' }, { output_tokens: 5, ...told })
  expect(readClaudeUsage(merged)).toEqual({ inputTokens: 9, outputTokens: 5, searches: 2, serviceTier: 'priority' })
})

test('what is no object says nothing', () => {
  expect(readClaudeUsage(null)).toEqual({})
  expect(readClaudeUsage({ output_tokens: 5 }).reasoningTokens).toBeUndefined()
})

/** The prompt's parts: fresh, from the cache, into the cache. */
const prompt = (fresh?: number, read?: number, written?: number) => ({
  ...(fresh !== undefined && { input_tokens: fresh }),
  ...(read !== undefined && { cache_read_input_tokens: read }),
  ...(written !== undefined && { cache_creation_input_tokens: written }),
})

test.each([
  ['the end says 0', prompt(30), prompt(0), 30, undefined],
  ['the end says 0 of everything', prompt(10, 20), prompt(0, 0, 0), 30, 20],
  ['the end says 0 of what was fresh', prompt(10, 20), prompt(0, 20), 30, 20],
  ['the end says that all of it came from the cache', prompt(30), prompt(0, 30, 0), 30, 30],
  ['the end says that more came from the cache', prompt(30, 0, 0), prompt(0, 40), 40, 40],
  ['the end says that all of it went there', prompt(20, 10), prompt(0, undefined, 30), 30, undefined],
  ['the end divides it otherwise', prompt(30), prompt(10, 20), 30, 20],
  ['the end says less', prompt(30), prompt(20), 20, undefined],
  ['the end says nothing of the prompt', prompt(30), { output_tokens: 4 }, 30, undefined],
  ['only the end says anything', {}, prompt(0, 30), 30, 30],
])('a prompt is whole when %s', (_, start, end, inputTokens, cachedInputTokens) => {
  const merged = mergeClaudeCounts({ ...start, output_tokens: 4, note: 'x' }, end)
  expect(readClaudeUsage(merged)).toMatchObject({ inputTokens, cachedInputTokens, outputTokens: 4 })
  expect(merged['note']).toBe('x')
})

test('a prompt does not shrink to nothing, whatever the end says', () => {
  const count = fc.option(fc.nat(5), { nil: undefined })
  fc.assert(
    fc.property(fc.nat(5), count, count, count, count, count, (fresh, ...counts) => {
      const [read, written, ...end] = counts
      const start = prompt(fresh, read, written)
      const merged = readClaudeUsage(mergeClaudeCounts(start, prompt(...end)))
      const before = readClaudeUsage(start).inputTokens ?? 0
      if (before > 0) expect(merged.inputTokens).toBeGreaterThan(0)
      if (end.every((part) => part === undefined || part === 0)) expect(merged.inputTokens).toBe(before)
    }),
  )
})
