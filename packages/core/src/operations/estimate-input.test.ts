import { mintRequestId } from '../uuid.ts'
import { readChatCall } from './chat/chat-call.ts'
import { estimateInputTokens } from './estimate-input.ts'

const tokensOf = (...parts: readonly object[]): number => {
  const body = JSON.stringify({ model: 'a', messages: [{ role: 'user', content: parts }] })
  return estimateInputTokens(readChatCall(Buffer.from(body), { id: mintRequestId(0), receivedAt: 0 }))
}

const MiB = 1024 * 1024
const sound = Buffer.alloc(2 * MiB, 7).toString('base64')

test('a sound counts by what can be heard in it, and not as so many words', () => {
  const tokens = tokensOf({ type: 'input_audio', input_audio: { data: sound, format: 'wav' } })
  // At the lowest rate that speech is kept at it would be some 17 minutes.
  expect(tokens).toBeGreaterThan(8_000)
  expect(tokens).toBeLessThan(12_000)
  expect(tokensOf({ type: 'text', text: sound })).toBeGreaterThan(900_000)
})

test('the data of a sound is known wherever spaces stand', () => {
  const spaced = `{"model":"a","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data" :  "${sound}"}}]}]}`
  const call = readChatCall(Buffer.from(spaced), { id: mintRequestId(0), receivedAt: 0 })
  expect(estimateInputTokens(call)).toBeLessThan(12_000)
})

test('a picture counts as one, however long it is', () => {
  const url = `data:image/png;base64,${sound}`
  expect(tokensOf({ type: 'image_url', image_url: { url } })).toBeLessThan(2_100)
})
