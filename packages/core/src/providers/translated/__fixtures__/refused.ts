import type { RefusedFixture } from '../../provider-fixtures.contract.ts'

const hello = { role: 'user', content: 'Hi' }
const said = (...content: readonly unknown[]) => ({ messages: [{ role: 'user', content }] })
const called = (json: unknown, id: unknown = '1') => ({
  messages: [
    hello,
    { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: json } }] },
  ],
})
const offered = (tool: unknown) => ({ tools: [tool] })
const image = (url: unknown) => said({ type: 'image_url', image_url: { url } })

const rows: readonly (readonly [name: string, request: object, code: RefusedFixture['code'], param: string])[] = [
  ['a role nobody has', { messages: [{ role: 'x', content: 'x' }] }, 'invalid_value', 'messages[0].role'],
  ['a part that is none', said(1), 'invalid_value', 'messages[0].content[0]'],
  ['a part of a kind nobody knows', said({ type: 'smell' }), 'unsupported_parameter', 'messages[0].content[0].type'],
  ['a part without kind', said({}), 'unsupported_parameter', 'messages[0].content[0].type'],
  [
    "a part called by every object's name",
    said({ type: 'toString' }),
    'unsupported_parameter',
    'messages[0].content[0].type',
  ],
  ['a text that is none', said({ type: 'text', text: 1 }), 'invalid_value', 'messages[0].content[0].text'],
  ['an image without address', said({ type: 'image_url' }), 'invalid_value', 'messages[0].content[0].image_url'],
  ['an image of our own disk', image('file:///etc/passwd'), 'invalid_value', 'messages[0].content[0].image_url.url'],
  ['an image without kind', image('data:;base64,AAAA'), 'invalid_value', 'messages[0].content[0].image_url.url'],
  [
    'an image that is not base64',
    image('data:image/png;base64,%%%'),
    'invalid_value',
    'messages[0].content[0].image_url.url',
  ],
  ['an image in words', image('data:image/svg+xml,<svg/>'), 'invalid_value', 'messages[0].content[0].image_url.url'],
  [
    'an image that the model sends',
    { messages: [{ role: 'assistant', content: [{ type: 'image_url', image_url: { url: 'https://a.b/c' } }] }] },
    'unsupported_parameter',
    'messages[0].content[0].type',
  ],
  [
    'an uploaded file',
    said({ type: 'file', file: { file_id: 'file-1' } }),
    'unsupported_parameter',
    'messages[0].content[0].file.file_id',
  ],
  ['a file without data', said({ type: 'file', file: {} }), 'invalid_value', 'messages[0].content[0].file.file_data'],
  [
    'sound in a format nobody knows',
    said({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'valueOf' } }),
    'invalid_value',
    'messages[0].content[0].input_audio.format',
  ],
  ['a call without id', called('{}', 7), 'missing_required_parameter', 'messages[1].tool_calls[0].id'],
  [
    'calls that are none',
    { messages: [{ role: 'assistant', tool_calls: 'x' }] },
    'invalid_value',
    'messages[0].tool_calls',
  ],
  [
    'a call that is none',
    { messages: [{ role: 'assistant', tool_calls: [1] }] },
    'invalid_value',
    'messages[0].tool_calls[0]',
  ],
  [
    'a result that answers nothing',
    { messages: [{ role: 'tool', content: 'x' }] },
    'missing_required_parameter',
    'messages[0].tool_call_id',
  ],
  ['a tool that is none', offered(null), 'invalid_value', 'tools[0]'],
  ['a tool of another kind', offered({ type: 'web_search' }), 'unsupported_parameter', 'tools[0].type'],
  ['a tool without function', offered({ type: 'function' }), 'invalid_value', 'tools[0].function'],
  ['a tool without name', offered({ type: 'function', function: {} }), 'invalid_value', 'tools[0].function.name'],
  [
    'parameters that are no schema',
    offered({ type: 'function', function: { name: 'f', parameters: 'x' } }),
    'invalid_value',
    'tools[0].function.parameters',
  ],
  ['a choice that is none', { tool_choice: 'maybe' }, 'invalid_value', 'tool_choice'],
  ['a choice of nothing', { tool_choice: { type: 'function' } }, 'invalid_value', 'tool_choice'],
  ['a stop text that is none', { stop: ['a', 1] }, 'invalid_value', 'stop[1]'],
  ['a format nobody knows', { response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
  [
    'a schema that is none',
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: true } } },
    'invalid_value',
    'response_format.json_schema.schema',
  ],
]

/** Requests of a wrong shape, which no upstream with an API of its own can be asked. */
export const refusedEverywhere: readonly RefusedFixture[] = rows.map(([name, request, code, param]) => ({
  name,
  body: JSON.stringify({ model: 'a', messages: [hello], ...request }),
  code,
  param,
}))
