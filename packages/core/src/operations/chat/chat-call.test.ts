import { mintRequestId } from '../../uuid.ts'
import { readChatCall, writeChatCall } from './chat-call.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const request = (fields: number) => ({
  model: 'a',
  messages: [{ role: 'user' as const, content: 'Hello!' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 't',
        parameters: {
          type: 'object',
          properties: Object.fromEntries(
            Array.from({ length: fields }, (_, index) => [`field${index}`, { type: 'string' }]),
          ),
        },
      },
    },
  ],
})

test('schemas of tools that would take long to translate are refused', () => {
  const large = request(10_000)
  const refusal = expect.objectContaining({ code: 'invalid_value', param: 'tools' })
  expect(() => readChatCall(Buffer.from(JSON.stringify(large)), facts)).toThrow(refusal)
  expect(() => writeChatCall(large, facts)).toThrow(refusal)
  expect(() => writeChatCall(request(9_000), facts)).not.toThrow()
})
