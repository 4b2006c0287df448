import { writeChatCall } from '../operations/chat/chat-call.ts'
import { parseUsd } from '../money.ts'
import { mintRequestId } from '../uuid.ts'
import { withBelievableCharge, withinMost } from './believable-usage.ts'

const call = writeChatCall(
  { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100 },
  { id: mintRequestId(0), receivedAt: 0 },
)

test.each([
  ['what went into the cache', { cacheWriteTokens: 11 }],
  ['what went there for an hour', { cacheWrite1hTokens: 11 }],
  ['sound in the prompt', { audioInputTokens: 11 }],
  ['sound in the answer', { audioOutputTokens: 6 }],
])('a part that exceeds its whole is not believed: %s', (_, part) => {
  expect(withinMost({ inputTokens: 10, outputTokens: 5, ...part }, call, undefined)).toEqual({
    inputTokens: 10,
    outputTokens: 5,
  })
})

test('more searches than any answer takes are held to the most, and marked', () => {
  const usage = { inputTokens: 10, outputTokens: 5, cacheWriteTokens: 10, searches: 3 }
  expect(withinMost(usage, call, undefined)).toBe(usage)
  expect(withinMost({ ...usage, searches: 1_000_000 }, call, undefined)).toEqual({
    ...usage,
    searches: 1000,
    capped: true,
  })
})

test('what a gateway charges for searches is believed as far as anybody asks for them', () => {
  const usage = { inputTokens: 0, outputTokens: 0, searches: 2 }
  expect(withBelievableCharge(usage, parseUsd('0.2')).charge).toBe(parseUsd('0.2'))
  expect(withBelievableCharge(usage, parseUsd('0.3'))).toEqual({
    usage: { ...usage, capped: true },
    charge: parseUsd('0.2'),
  })
})
