import { completeUsage } from '../meter/estimate-usage.ts'
import { tokensInPrompt } from '../operations/complete-tokens.ts'
import { mintRequestId } from '../uuid.ts'
import { readEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { letGoOfPrompt } from './let-go.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const request = {
  model: 'acme/fast',
  messages: [
    { role: 'user' as const, content: 'How are you?' },
    { role: 'user' as const, content: 'word '.repeat(2000) },
  ],
  metadata: { team: 'blue' },
  session_id: 's',
}

test('a stream that lets go of its prompt is metered as it would have been with it', () => {
  const call = writeChatCall({ ...request, stream: true }, facts)
  const left = letGoOfPrompt(call)
  expect(left.body).toHaveLength(0)
  expect(JSON.stringify(left)).not.toContain('How are you?')
  expect(left.outline).toMatchObject({ model: 'acme/fast', metadata: { team: 'blue' }, session_id: 's' })
  expect(tokensInPrompt(call)).toBeGreaterThan(2000)
  expect(tokensInPrompt(left)).toBe(tokensInPrompt(call))
  expect(completeUsage({}, left, () => 3)).toEqual(completeUsage({}, call, () => 3))
})

test('nothing else lets go of anything', () => {
  const whole = writeChatCall(request, facts)
  const embeddings = readEmbeddingsCall(Buffer.from('{"model":"m","input":"x"}'), facts)
  expect(letGoOfPrompt(whole)).toBe(whole)
  expect(letGoOfPrompt(embeddings)).toBe(embeddings)
})
