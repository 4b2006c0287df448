import { readResponses } from '../../dialects/responses/responses.ts'
import { mintRequestId } from '../../uuid.ts'
import { readChatCall } from '../../operations/chat/chat-call.ts'
import { join } from '../../bytes/splice.ts'
import { messagesRequest } from '../anthropic/messages-request.ts'
import { developerAsSystem } from '../changes/messages.ts'
import { generateRequest } from '../gemini/generate-request.ts'
import { chatRequest } from '../openai-compatible/chat-request.ts'
import type { TranslationTarget } from '../provider.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const picture = 'iVBORw0KGgo+/='.repeat(400_000)
const words = 'Look at "this" \\ please.\n'.repeat(1000)
const list = JSON.stringify({ lines: Array.from({ length: 1000 }, (_, index) => `line ${index}`) })

const conversation = {
  model: 'm',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: words },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call', type: 'function', function: { name: 'f', arguments: list } }],
    },
    { role: 'tool', tool_call_id: 'call', content: list },
    { role: 'assistant', content: words },
  ],
}

const read = () => readChatCall(Buffer.from(JSON.stringify(conversation)), facts)
const target = (upstreamModel: string): TranslationTarget =>
  ({ model: 'm', provider: 'p', upstreamModel }) as TranslationTarget

describe('a conversation with a picture of megabytes', () => {
  test('is what it says in Anthropic’s shape, trimmed at its end', () => {
    const { body } = messagesRequest(read(), target('claude-sonnet-4-5'))
    expect(JSON.parse(join(body ?? []).toString())).toMatchObject({
      messages: [
        { content: [{ text: words }, { source: { type: 'base64', media_type: 'image/png', data: picture } }] },
        { content: [{ type: 'tool_use', input: JSON.parse(list) as unknown }] },
        { content: [{ type: 'tool_result', content: [{ text: list }] }] },
        { content: [{ text: words.trimEnd() }] },
      ],
    })
  })

  test('is what it says in Gemini’s shape', () => {
    const { body } = generateRequest(read(), target('gemini-2.5-pro'))
    expect(JSON.parse(join(body ?? []).toString())).toMatchObject({
      contents: [
        { parts: [{ text: words }, { inlineData: { mimeType: 'image/png', data: picture } }] },
        { parts: [{ functionCall: { args: JSON.parse(list) as unknown } }] },
        { parts: [{ functionResponse: { response: JSON.parse(list) as unknown } }] },
        { parts: [{ text: words }] },
      ],
    })
  })

  test.each([
    { provider: 'Anthropic', request: () => messagesRequest },
    { provider: 'Gemini', request: () => generateRequest },
  ])('goes to $provider without being decoded or copied', ({ request }) => {
    const call = read()
    const pieces = request()(call, target('x')).body ?? []
    const lent = pieces.filter(({ buffer }) => buffer === call.body.buffer)
    expect(Math.max(...lent.map(({ length }) => length))).toBe(picture.length)
  })

  test('is what it says where only its messages are rewritten', () => {
    const messages = [{ role: 'developer', content: words }, ...conversation.messages, { role: 'user', content: list }]
    const call = readChatCall(Buffer.from(JSON.stringify({ ...conversation, user: 'me', messages })), facts)
    const { body } = chatRequest(call, target('x'), { rewrites: { messages: [developerAsSystem] } })
    expect(JSON.parse(join(body ?? []).toString())).toEqual({
      model: 'x',
      user: 'me',
      messages: [{ role: 'system', content: words }, ...messages.slice(1)],
    })
  })

  test('is a chat request when it came as a response’s input', () => {
    const input = [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: words },
          { type: 'input_image', image_url: `data:image/png;base64,${picture}` },
        ],
      },
    ]
    const { call } = readResponses(Buffer.from(JSON.stringify({ model: 'm', input })), facts)
    expect((JSON.parse(Buffer.from(call.body).toString()) as typeof conversation).messages).toEqual([
      conversation.messages[0],
    ])
  })
})
