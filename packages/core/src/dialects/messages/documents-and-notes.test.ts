import type { ChatRequest } from '../../operations/chat/chat.ts'
import { bytes, facts, parsed, thrownBy } from '../ask-chat.fake.ts'
import type { MessagesConfig } from '../../wire/messages-config.ts'
import { readMessages } from './messages.ts'

const hi = { role: 'user', content: 'Hi' }
const read = (request: object, messages?: MessagesConfig) =>
  readMessages(bytes({ model: 'a', max_tokens: 100, messages: [hi], ...request }), facts, { messages }).call
const asked = (request: object, messages?: MessagesConfig): ChatRequest =>
  parsed(read(request, messages).body) as ChatRequest
const contentOf = (...content: object[]) => asked({ messages: [{ role: 'user', content }] }).messages[0]?.content

describe('documents', () => {
  test.each([
    [
      'a PDF',
      { source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
      [{ type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBE' } }],
    ],
    [
      'a PDF with a title',
      { title: 'Annual report', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
      [{ type: 'file', file: { filename: 'Annual report.pdf', file_data: 'data:application/pdf;base64,JVBE' } }],
    ],
    [
      'one at an address',
      { source: { type: 'url', url: 'https://example.com/a.pdf' } },
      [{ type: 'file', file: { filename: 'document.pdf', file_data: 'https://example.com/a.pdf' } }],
    ],
    [
      'a text',
      { title: 'Notes', context: 'Of May.', source: { type: 'text', media_type: 'text/plain', data: 'Rain.' } },
      [
        { type: 'text', text: 'Notes\nOf May.' },
        { type: 'text', text: 'Rain.' },
      ],
    ],
    [
      'one of blocks',
      {
        source: {
          type: 'content',
          content: [
            { type: 'text', text: 'Rain.' },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
      },
      [
        { type: 'text', text: 'Rain.' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      ],
    ],
  ])('%s becomes what chat has for it', (_, document, parts) => {
    expect(contentOf({ type: 'text', text: 'See:' }, { type: 'document', ...document })).toEqual([
      { type: 'text', text: 'See:' },
      ...parts,
    ])
  })

  test.each([
    ['a file that is kept', { type: 'file', file_id: 'file_1' }],
    ['of the future', { type: 'of_the_future' }],
    ['without a source', undefined],
  ])('one %s is refused by name', (_, source) => {
    const content = [{ type: 'document', source }]
    const call = (): unknown => {
      const { native } = read({ messages: [{ role: 'user', content }] })
      throw native?.untranslatable ?? new Error('translated')
    }
    expect(thrownBy(call)).toMatchObject({ code: 'unsupported_parameter', param: 'messages[0].content[0].source' })
  })

  test('that a search has found are told with where they are from, wherever they stand', () => {
    const found = {
      type: 'search_result',
      title: 'Weather',
      source: 'https://example.com',
      content: [{ type: 'text', text: 'Rain.' }],
    }
    const parts = [
      { type: 'text', text: 'Weather\nhttps://example.com' },
      { type: 'text', text: 'Rain.' },
    ]
    expect(contentOf(found)).toEqual(parts)
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'search', input: {} }] }
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: [found] }
    const { messages } = asked({ messages: [hi, use, { role: 'user', content: [result] }] })
    expect(messages.at(-1)).toEqual({ role: 'tool', tool_call_id: 'toolu_1', content: parts })
    const cited = [{ ...found, citations: { enabled: true } }]
    expect(read({ messages: [{ role: 'user', content: cited }] }).leftOut).toEqual(['messages.citations'])
  })

  test('that are to be cited are named', () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'Rain.' }
    const content = [{ type: 'document', citations: { enabled: true }, source }]
    expect(read({ messages: [{ role: 'user', content }] }).leftOut).toEqual(['messages.citations'])
  })
})

const note = (hash: string) => `x-anthropic-billing-header: cc_version=2.1.81; cc_entrypoint=cli; cch=${hash};`

describe("Claude Code's note about billing", () => {
  const systems: [string, (hash: string) => unknown][] = [
    ['a block', (hash) => [note(hash), 'You are Claude Code.', 'Be brief.'].map((text) => ({ type: 'text', text }))],
    ['a line of a block', (hash) => [{ type: 'text', text: `${note(hash)}\n\nYou are Claude Code.` }]],
    ['a line of the text', (hash) => `${note(hash)}\nYou are Claude Code.`],
  ]

  test.each(systems)('as %s does not change what a model is sent: its cache holds the prompt', (_, system) => {
    const [one, other] = ['a1b2c', 'd3e4f'].map((hash) => read({ system: system(hash) }))
    expect(String(one?.body)).toBe(String(other?.body))
    expect(String(one?.body)).toContain('You are Claude Code.')
    expect(String(one?.body)).not.toContain('billing')
  })

  test('goes to Anthropic as it came, and to all where the operator wants it', () => {
    const system = [{ type: 'text', text: note('a1b2c') }]
    expect(String(read({ system }).native?.body)).toContain(note('a1b2c'))
    expect(asked({ system }, { billing_note: 'keep' }).messages[0]?.content).toBe(note('a1b2c'))
    expect(asked({ system }).messages).toEqual([hi])
  })

  test('is nothing but a note at the beginning', () => {
    const system = `What is "${note('a')}"?`
    expect(asked({ system }).messages[0]?.content).toBe(system)
  })
})

describe('tools that Anthropic runs itself', () => {
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 5 }
  const own = { name: 'f', input_schema: { type: 'object' } }
  const leaving = { server_tools: 'leave_out' } as const

  test('are left out and named where the operator wants it', () => {
    const call = read({ tools: [search, own] }, leaving)
    expect(parsed(call.body)).toMatchObject({ tools: [{ function: { name: 'f' } }] })
    expect(call.leftOut).toEqual(['tools.web_search_20250305'])
    expect(asked({ tools: [search], tool_choice: { type: 'auto' } }, leaving)).not.toHaveProperty('tools')
  })

  test('are refused all the same where one must be called', () => {
    const { native } = read({ tools: [search, own], tool_choice: { type: 'tool', name: 'web_search' } }, leaving)
    expect(native?.untranslatable).toMatchObject({ param: 'tool_choice.name' })
  })

  test('are left out of what was said, and named, and the words stay', () => {
    const content = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      { type: 'text', text: 'It rains.' },
    ]
    const call = read({ messages: [hi, { role: 'assistant', content }, hi] })
    expect(parsed(call.body)).toMatchObject({ messages: [hi, { role: 'assistant', content: 'It rains.' }, hi] })
    expect(call.leftOut).toEqual(['messages.server_tool_use'])
  })
})

test('texts that cite follow each other without a gap, and others do not run together', () => {
  const search = [
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
  ]
  const texts = ['Let me see.', 'It rains', ' in Oslo.'].map((text) => ({ type: 'text', text }))
  const [first, ...others] = texts
  const content = [first, ...search, ...others]
  expect(asked({ messages: [hi, { role: 'assistant', content }, hi] }).messages[1]).toEqual({
    role: 'assistant',
    content: 'Let me see.\n\nIt rains in Oslo.',
  })
})

test('instructions may stand between the turns', () => {
  const messages = [hi, { role: 'assistant', content: 'Yes?' }, { role: 'system', content: 'Be brief.' }, hi]
  expect(asked({ messages }).messages).toEqual(messages)
})
