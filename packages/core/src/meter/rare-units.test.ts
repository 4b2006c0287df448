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

test('each is held by itself, however many are beyond', () => {
  const most = { seconds: 86_400, characters: call.body.length, billedRequests: 1 }
  expect(withinMost(most, call, undefined)).toBe(most)
  const beyond = { seconds: 86_401, characters: call.body.length + 1, billedRequests: 2, images: 1 }
  expect(withinMost({ ...beyond, audioInputTokens: 11 }, call, undefined)).toEqual({
    ...most,
    images: 0,
    audioInputTokens: 11,
    capped: true,
  })
  const parts = { inputTokens: 10, outputTokens: 5, audioInputTokens: 11, audioOutputTokens: 6, searches: 1001 }
  expect(withinMost(parts, call, undefined)).toEqual({
    inputTokens: 10,
    outputTokens: 5,
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

test('what it charges for sound and for speech is held to what the dearest would cost', () => {
  expect(withBelievableCharge({ seconds: 3 }, parseUsd('9')).charge).toBe(parseUsd('0.3'))
  expect(withBelievableCharge({ characters: 5 }, parseUsd('9')).charge).toBe(parseUsd('0.005'))
})
