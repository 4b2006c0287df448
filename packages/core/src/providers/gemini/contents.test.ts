import { readConversation } from '../translated/conversation.ts'
import { writeContents } from './contents.ts'
import { geminiFamily } from './gemini-family.ts'

const user = (content: string) => ({ role: 'user', content })
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: id })

test('the results of tools come first, whatever the user says among them', () => {
  const tools = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))
  const made = { role: 'assistant', content: null, tool_calls: tools }
  const messages = [user('Hi'), made, user('1'), result('a'), user('2'), result('b'), user('3')]
  const { contents } = writeContents(readConversation(messages), geminiFamily('gemini-2.5-flash'))
  expect(contents[2]?.parts.map(({ functionResponse, text }) => text ?? functionResponse)).toMatchObject([
    { id: 'a' },
    { id: 'b' },
    '1',
    '2',
    '3',
  ])
})
