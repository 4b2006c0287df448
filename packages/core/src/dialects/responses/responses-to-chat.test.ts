import type { ChatRequest } from '../../operations/chat/chat.ts'
import { bytes, facts, parsed, thrownBy } from '../ask-chat.fake.ts'
import { readResponses } from './responses.ts'

const read = (request: object) => readResponses(bytes({ model: 'a', input: 'Hi', ...request }), facts)
const asked = (request: object): ChatRequest => parsed(read(request).call.body) as ChatRequest
/** What is thrown, or what is told when no target speaks this API itself. */
const refused = (request: object): void => {
  const { untranslatable } = read(request).call.native ?? {}
  if (untranslatable !== undefined) throw untranslatable
}

const f = { type: 'function', name: 'f', description: 'Does it.', parameters: { type: 'object' }, strict: true }
const g = { type: 'function', name: 'g' }
const chatF = {
  type: 'function',
  function: { name: 'f', description: 'Does it.', parameters: { type: 'object' }, strict: true },
}
const chatG = { type: 'function', function: { name: 'g' } }
const call = (id: string, name = 'f') => ({ type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: '{}' })
const output = (id: string, said: unknown = 'done') => ({ type: 'function_call_output', call_id: id, output: said })
const chatCall = (id: string, name = 'f') => ({ id, type: 'function', function: { name, arguments: '{}' } })
const user = { role: 'user', content: 'Hi' }
const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }

test('a responses request becomes a chat call of the same key', () => {
  const { call: made } = read({ stream: true })
  expect(made).toMatchObject({ endpoint: 'chat', surface: 'responses', keyId: 'key_1', stream: true, wantsUsage: true })
  expect(parsed(made.body)).toEqual({
    model: 'a',
    messages: [user],
    stream: true,
    stream_options: { include_usage: true },
  })
})

test.each([
  [{ instructions: 'Be brief' }, { messages: [{ role: 'system', content: 'Be brief' }, user] }],
  [{ max_output_tokens: 20 }, { max_completion_tokens: 20 }],
  [{ text: { format: { type: 'text' }, verbosity: 'low' } }, { verbosity: 'low' }],
  [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
  [
    { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } } },
  ],
  [{ reasoning: { effort: 'low', summary: 'auto', mode: 'standard' } }, { reasoning_effort: 'low' }],
  [
    { tools: [f, g], tool_choice: 'required', parallel_tool_calls: false },
    { tools: [chatF, chatG], tool_choice: 'required', parallel_tool_calls: false },
  ],
  [
    { tools: [f], tool_choice: { type: 'function', name: 'f' } },
    { tools: [chatF], tool_choice: { type: 'function', function: { name: 'f' } } },
  ],
  [
    {
      tools: [f, g],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
    },
    { tools: [chatG], tool_choice: 'required' },
  ],
  // Chat APIs refuse these without tools; SDKs send them all the same.
  [{ tools: [], tool_choice: 'auto', parallel_tool_calls: true }, {}],
  // Chat has these too.
  [
    { temperature: 0.1, top_p: 0.2, user: 'u', safety_identifier: 's', prompt_cache_key: 'k', models: ['b'], seed: 1 },
    { temperature: 0.1, top_p: 0.2, user: 'u', safety_identifier: 's', prompt_cache_key: 'k', models: ['b'], seed: 1 },
  ],
  // These ask for no more than there is.
  [
    {
      store: true,
      background: false,
      truncation: 'disabled',
      top_logprobs: 0,
      include: ['reasoning.encrypted_content'],
      stream_options: { include_obfuscation: true },
      previous_response_id: null,
      max_tool_calls: 3,
      tools: null,
      text: null,
      reasoning: null,
      instructions: null,
    },
    {},
  ],
])('%j is in chat %j', (request, chat) => {
  expect(asked(request)).toEqual({ model: 'a', messages: [user], ...chat })
})

test.each([
  ['a long text', 'x'.repeat(10_000), [{ role: 'user', content: 'x'.repeat(10_000) }]],
  ['a message without a type', [user], [user]],
  [
    'messages of every role',
    [
      { type: 'message', role: 'system', content: 'S' },
      { role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'U' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'A', annotations: [] }] },
    ],
    [
      { role: 'system', content: 'S' },
      { role: 'system', content: 'D' },
      { role: 'user', content: 'U' },
      { role: 'assistant', content: 'A' },
    ],
  ],
  [
    'images, files and sounds',
    [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'data:image/png;base64,xx', detail: 'low' },
          { type: 'input_image', image_url: 'https://x.example/1.png', detail: null },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,xx' },
          { type: 'input_audio', input_audio: { data: 'xx', format: 'mp3' } },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,xx', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://x.example/1.png' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,xx' } },
          { type: 'input_audio', input_audio: { data: 'xx', format: 'mp3' } },
        ],
      },
    ],
  ],
  [
    'a refusal',
    [
      {
        role: 'assistant',
        content: [
          { type: 'refusal', refusal: 'No.' },
          { type: 'output_text', text: ' Well.' },
        ],
      },
      user,
    ],
    [{ role: 'assistant', content: 'No. Well.' }, user],
  ],
  [
    'a turn of the model: thoughts, words and calls, and what came of them',
    [
      user,
      thought,
      { role: 'assistant', content: 'Let me look.' },
      call('1'),
      call('2', 'g'),
      output('1'),
      output('2'),
    ],
    [
      user,
      {
        role: 'assistant',
        content: 'Let me look.',
        reasoning_content: 'Hm.',
        tool_calls: [chatCall('1'), chatCall('2', 'g')],
      },
      { role: 'tool', tool_call_id: '1', content: 'done' },
      { role: 'tool', tool_call_id: '2', content: 'done' },
    ],
  ],
  [
    'one call after the other',
    [user, call('1'), output('1'), call('2'), output('2')],
    [
      user,
      { role: 'assistant', content: null, tool_calls: [chatCall('1')] },
      { role: 'tool', tool_call_id: '1', content: 'done' },
      { role: 'assistant', content: null, tool_calls: [chatCall('2')] },
      { role: 'tool', tool_call_id: '2', content: 'done' },
    ],
  ],
  [
    'words and thoughts behind a call',
    [call('1'), thought, { role: 'assistant', content: 'One' }, { role: 'assistant', content: ' two' }, output('1')],
    [
      { role: 'assistant', content: 'One two', reasoning_content: 'Hm.', tool_calls: [chatCall('1')] },
      { role: 'tool', tool_call_id: '1', content: 'done' },
    ],
  ],
  [
    'two messages of the model in a row',
    [{ role: 'assistant', content: 'One' }, thought, thought, { role: 'assistant', content: 'Two' }],
    [
      { role: 'assistant', content: 'One' },
      { role: 'assistant', content: 'Two', reasoning_content: 'Hm.\n\nHm.' },
    ],
  ],
  [
    'outputs in parts',
    [
      call('1'),
      output('1', [{ type: 'input_text', text: 'one' }]),
      output('1', [
        { type: 'input_text', text: 'two' },
        { type: 'input_image', image_url: 'data:,' },
      ]),
    ],
    [
      { role: 'assistant', content: null, tool_calls: [chatCall('1')] },
      { role: 'tool', tool_call_id: '1', content: 'one' },
      {
        role: 'tool',
        tool_call_id: '1',
        content: [
          { type: 'text', text: 'two' },
          { type: 'image_url', image_url: { url: 'data:,' } },
        ],
      },
    ],
  ],
  [
    'thoughts that were shown whole, are encrypted, or belong to nothing',
    [
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'All.' }] },
      { role: 'assistant', content: 'A' },
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
      { type: 'item_reference', id: 'rs_1' },
      { role: 'assistant', content: 'B' },
      thought,
      user,
    ],
    [{ role: 'assistant', content: 'A', reasoning_content: 'All.' }, { role: 'assistant', content: 'B' }, user],
  ],
])('input may hold %s', (_, input, messages) => {
  expect(asked({ input })).toEqual({ model: 'a', messages })
})

test.each([
  ['previous_response_id', 'resp_1'],
  ['conversation', 'conv_1'],
  ['background', true],
  ['prompt', { id: 'pmpt_1' }],
  ['context_management', []],
  ['truncation', 'auto'],
  ['top_logprobs', 2],
  ['include', ['message.output_text.logprobs']],
  ['messages', []],
  ['max_tokens', 5],
  ['max_completion_tokens', 5],
  ['response_format', {}],
  ['reasoning_effort', 'low'],
  ['n', 2],
])('%s: %j is refused, with what to do instead', (param, value) => {
  expect(thrownBy(() => refused({ [param]: value }))).toMatchObject({
    code: 'unsupported_parameter',
    param,
    message: expect.stringMatching(/\.$/),
  })
})

test.each([
  [{ tools: [{ type: 'web_search' }] }, 'tools[0].type', /"web_search"/],
  [{ tools: [g, { type: 'custom', name: 'c' }] }, 'tools[1].type', /"custom"/],
  [{ tools: [g], tool_choice: { type: 'mcp', server_label: 's' } }, 'tool_choice.type', /"mcp"/],
  [{ text: { format: { type: 'grammar' } } }, 'text.format.type', /json_schema/],
  [{ reasoning: { mode: 'pro' } }, 'reasoning.mode', /effort/],
  [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]', /"store": false/],
  [{ input: [{ type: 'web_search_call', id: 'ws_1' }] }, 'input[0].type', /"web_search_call"/],
  [
    { input: [user, { role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
    'input[1].content[0]',
    /file_data/,
  ],
  [{ input: [{ role: 'user', content: [{ type: 'input_video' }] }] }, 'input[0].content[0].type', /"input_video"/],
])('%j is refused by name', (request, param, message) => {
  expect(thrownBy(() => refused(request))).toMatchObject({
    code: 'unsupported_parameter',
    param,
    message: expect.stringMatching(message),
  })
})

test.each([
  [{ input: undefined }, 'missing_required_parameter', 'input'],
  [{ model: undefined }, 'missing_required_parameter', 'model'],
  [{ input: [] }, 'invalid_value', 'input'],
  [{ input: [thought] }, 'invalid_value', 'input'],
  [{ input: {} }, 'invalid_value', 'input'],
  [{ input: ['Hi'] }, 'invalid_value', 'input[0]'],
  [{ input: [{ content: 'Hi' }] }, 'missing_required_parameter', 'input[0].type'],
  [{ input: [{ type: 'constructor' }] }, 'unsupported_parameter', 'input[0].type'],
  [{ input: [{ role: 'tool', content: 'Hi' }] }, 'invalid_value', 'input[0].role'],
  [{ input: [{ role: 'user' }] }, 'invalid_value', 'input[0].content'],
  [{ input: [{ role: 'user', content: ['Hi'] }] }, 'invalid_value', 'input[0].content[0]'],
  [{ input: [{ role: 'user', content: [{ text: 'Hi' }] }] }, 'missing_required_parameter', 'input[0].content[0].type'],
  [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'invalid_value', 'input[0].content[0].text'],
  [
    { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
    'missing_required_parameter',
    'input[0].content[0].image_url',
  ],
  [
    { input: [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'x' }] }] },
    'invalid_value',
    'input[0].content[0]',
  ],
  [{ input: [output('1')] }, 'invalid_value', 'input[0].call_id'],
  [{ input: [call('1'), { type: 'function_call_output', output: '' }] }, 'invalid_value', 'input[1].call_id'],
  [{ input: [call('1'), output('1', { a: 1 })] }, 'invalid_value', 'input[1].output'],
  [{ input: [{ ...call('1'), arguments: {} }] }, 'missing_required_parameter', 'input[0].arguments'],
  [{ input: [{ ...call('1'), name: undefined }] }, 'missing_required_parameter', 'input[0].name'],
  [{ input: [{ ...call('1'), call_id: 1 }] }, 'missing_required_parameter', 'input[0].call_id'],
  [{ tools: [chatF] }, 'missing_required_parameter', 'tools[0].name'],
  [{ tools: ['f'] }, 'invalid_value', 'tools[0]'],
  [{ tools: [{ ...f, parameters: 'none' }] }, 'invalid_value', 'tools[0].parameters'],
  [{ tools: {} }, 'invalid_value', 'tools'],
  [{ tools: [f], tool_choice: 'f' }, 'invalid_value', 'tool_choice'],
  [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  [{ tools: [f], tool_choice: { type: 'function' } }, 'missing_required_parameter', 'tool_choice.name'],
  [{ tools: [f], tool_choice: { type: 'allowed_tools', tools: [g] } }, 'invalid_value', 'tool_choice.tools'],
  [{ tools: [f], tool_choice: { type: 'allowed_tools', tools: [] } }, 'invalid_value', 'tool_choice.tools'],
  [{ text: { format: 'json' } }, 'invalid_value', 'text.format'],
  [{ text: { format: { type: 'json_schema', schema: {} } } }, 'missing_required_parameter', 'text.format.name'],
  [{ text: { format: { type: 'json_schema', name: 'n' } } }, 'missing_required_parameter', 'text.format.schema'],
  [{ text: { format: { type: 'json_schema', name: 'n', schema: [] } } }, 'invalid_value', 'text.format.schema'],
  [{ reasoning: { effort: 3 } }, 'invalid_value', 'reasoning.effort'],
  [{ instructions: ['Be brief'] }, 'invalid_value', 'instructions'],
  [{ max_output_tokens: 0 }, 'invalid_value', 'max_output_tokens'],
  [{ temperature: '1' }, 'invalid_value', 'temperature'],
  [{ stream: 1 }, 'invalid_value', 'stream'],
])('%j is refused as %s of %s', (request, code, param) => {
  expect(thrownBy(() => refused(request))).toMatchObject({ code, param, message: expect.stringMatching(/\.$/) })
})

test('a field that is there twice is refused where it decides about the price', () => {
  const body = Buffer.from('{"model":"a","model":"b","input":"Hi"}')
  expect(thrownBy(() => readResponses(body, facts))).toMatchObject({ code: 'duplicate_parameter' })
})

test('a long text that is no JSON is refused', () => {
  const body = Buffer.from(`{"model":"a","input":"${'x'.repeat(5000)}\u0001"}`)
  expect(thrownBy(() => readResponses(body, facts))).toMatchObject({ code: 'invalid_json' })
})
