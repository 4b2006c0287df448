import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { knownProviders } from '../known-providers.ts'
import { translate } from '../run-provider.contract.ts'

// The official SDK throws at a call without type, and at one without id, name or arguments.

const event = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  })}\n\n`

test.each([
  { what: 'without type', call: { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } } },
  { what: 'whose type is null', call: { index: 0, id: 'a', type: null, function: { name: 'f', arguments: '{}' } } },
  { what: 'without id', call: { index: 0, type: 'function', function: { name: 'f', arguments: '{}' } } },
  { what: 'without arguments', call: { index: 0, id: 'a', type: 'function', function: { name: 'f' } } },
  { what: 'that has nothing but its name', call: { name: 'f' } },
])("OpenAI's SDK streams a call $what", async ({ call }) => {
  const events = [event({ role: 'assistant', tool_calls: [call] }), event({}, 'stop')]
  const chunks = translate(knownProviders.mistral.adapter, [Buffer.from(events.join(''))]).chunks()
  const lines = chunks.map((chunk) => `${JSON.stringify(chunk)}\n`)
  const stream = ChatCompletionStream.fromReadableStream(new Blob(lines).stream())
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      tool_calls: [{ id: expect.any(String), type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
  })
})
