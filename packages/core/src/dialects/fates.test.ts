import type { Json } from '../json.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import { IdSeal } from '../sealed-id.ts'
import type { Bytes } from '../transport.ts'
import { bytes, facts, parsed, thrownBy } from './ask-chat.fake.ts'
import { completionsFates } from './completions/fates.ts'
import { readCompletions } from './completions/completions.ts'
import type { Dialect } from './dialect.ts'
import type { Fates } from './fate.ts'
import { messagesFates } from './messages/fates.ts'
import { readMessages } from './messages/messages.ts'
import { responsesFates } from './responses/fates.ts'
import { readResponses } from './responses/responses.ts'

/** A pair of dialects, of which the second is chat. */
interface Pair {
  readonly read: (body: Bytes) => Dialect
  readonly fates: Fates
  /** The least that is asked. */
  readonly request: Json
  /** A value of each field that asks for something; what else has to stand beside it. */
  readonly values: Readonly<Record<string, { readonly value: unknown; readonly beside?: Json }>>
}

const f = { type: 'function', name: 'f' }

const idSeal = new IdSeal(Buffer.from('a pepper for tests'))

const pairs: Readonly<Record<string, Pair>> = {
  responses: {
    read: (body) => readResponses(body, { ...facts, idSeal }),
    fates: responsesFates,
    request: { model: 'a', input: 'Hi' },
    values: {
      input: { value: 'Hi' },
      instructions: { value: 'Be brief.' },
      max_output_tokens: { value: 5 },
      tools: { value: [f] },
      tool_choice: { value: 'required', beside: { tools: [f] } },
      parallel_tool_calls: { value: false, beside: { tools: [f] } },
      text: { value: { verbosity: 'low', format: { type: 'json_object' } } },
      reasoning: { value: { effort: 'low' } },
      max_tool_calls: { value: 3 },
      store: { value: true },
      include: { value: ['reasoning.encrypted_content'] },
      stream_options: { value: { include_obfuscation: false } },
      previous_response_id: { value: 'resp_1' },
      conversation: { value: 'conv_1' },
      background: { value: true },
      prompt: { value: { id: 'pmpt_1' } },
      context_management: { value: [{ type: 'compaction' }] },
      truncation: { value: 'auto' },
      top_logprobs: { value: 2 },
      logprobs: { value: true },
      messages: { value: [] },
      max_tokens: { value: 5 },
      max_completion_tokens: { value: 5 },
      response_format: { value: {} },
      verbosity: { value: 'low' },
      reasoning_effort: { value: 'low' },
      functions: { value: [] },
      function_call: { value: 'auto' },
      n: { value: 2 },
    },
  },
  completions: {
    read: (body) => readCompletions(body, facts),
    fates: completionsFates,
    request: { model: 'a', prompt: 'Hi' },
    values: {
      prompt: { value: 'Hi' },
      max_tokens: { value: 5 },
      best_of: { value: 2, beside: { n: 2 } },
      suffix: { value: 'end' },
      echo: { value: true },
      logprobs: { value: 2 },
      messages: { value: [] },
      max_completion_tokens: { value: 5 },
      tools: { value: [] },
      tool_choice: { value: 'auto' },
      functions: { value: [] },
      function_call: { value: 'auto' },
    },
  },
  messages: {
    read: (body) => readMessages(body, facts),
    fates: messagesFates,
    request: { model: 'a', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] },
    values: {
      messages: { value: [{ role: 'user', content: 'Hi' }] },
      system: { value: 'Be brief.' },
      stop_sequences: { value: ['.'] },
      tools: { value: [{ name: 'f', input_schema: { type: 'object' } }] },
      tool_choice: { value: { type: 'any', disable_parallel_tool_use: true }, beside: { tools: [{ name: 'f' }] } },
      thinking: { value: { type: 'enabled', budget_tokens: 2048 } },
      output_config: { value: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } } },
      top_k: { value: 5 },
      service_tier: { value: 'standard_only' },
      cache_control: { value: { type: 'ephemeral' } },
      context_management: { value: { edits: [] } },
      inference_geo: { value: 'eu' },
      mcp_servers: { value: [{ type: 'url', url: 'https://example.com' }] },
      container: { value: 'container_1' },
      max_completion_tokens: { value: 5 },
      stop: { value: ['.'] },
      response_format: { value: {} },
      reasoning_effort: { value: 'low' },
    },
  },
}

/** What a target is asked that does not speak the dialect, or why it cannot be. */
function inChat({ read, request }: Pair, more: Json): ChatCall {
  const { call } = read(bytes({ ...request, ...more }))
  if (call.native?.untranslatable !== undefined) throw call.native.untranslatable
  return call
}

describe.each(Object.entries(pairs).map(([name, pair]) => ({ name, pair })))('$name in chat', ({ pair }) => {
  test('each field of the table has a value to try it with', () => {
    expect(Object.keys(pair.values).toSorted()).toEqual(Object.keys(pair.fates).toSorted())
  })

  test.each(Object.entries(pair.fates).map(([field, fate]) => ({ field, ...fate })))(
    '$field is $fate',
    ({ field, ...row }) => {
      const { value, beside } = pair.values[field] ?? { value: undefined }
      const more = { ...beside, [field]: value }
      if (row.fate === 'refused') {
        expect(thrownBy(() => inChat(pair, more))).toMatchObject({ code: 'unsupported_parameter', param: field })
        // A target that speaks the dialect is asked all the same, unless nobody may be.
        const read = (): unknown => pair.read(bytes({ ...pair.request, ...more })).call.native
        if (row.always) expect(read).toThrow('')
        else expect(read()).toMatchObject({ untranslatable: { param: field } })
        return
      }
      const call = inChat(pair, more)
      const asked = parsed(call.body) as Json
      expect((call.leftOut ?? []).includes(field)).toBe(row.fate === 'dropped')
      if (row.fate === 'translated') for (const name of row.to) expect(asked).toHaveProperty(name)
      else if (field !== 'stream_options') expect(asked).not.toHaveProperty(field)
      const unsaid = inChat(pair, { ...beside, [field]: pair.request[field] ?? null })
      expect(unsaid.leftOut ?? []).not.toContain(field)
    },
  )
})

test('what Anthropic alone has is left out by name, wherever it stands', () => {
  const mark = { cache_control: { type: 'ephemeral' } }
  const { call } = readMessages(
    bytes({
      model: 'a',
      max_tokens: 5,
      system: [{ type: 'text', text: 'Be brief.', ...mark }],
      messages: [
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 'E' }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', is_error: true, content: 'No.' }] },
      ],
      of_the_future: 1,
    }),
    facts,
  )
  expect(call.leftOut).toEqual(['of_the_future', 'messages.cache_control', 'messages.thinking', 'messages.is_error'])
})

test('reasoning that is encrypted for OpenAI is left out by name', () => {
  const thought = { type: 'reasoning', summary: [], encrypted_content: 'gAAA' }
  const { call } = readResponses(bytes({ model: 'a', input: [thought, { role: 'user', content: 'Hi' }] }), facts)
  expect(call.leftOut).toEqual(['input.encrypted_content'])
})

test.each([
  [
    'a reference to an item',
    {
      input: [
        { type: 'item_reference', id: 'rs_1' },
        { role: 'user', content: 'Hi' },
      ],
    },
  ],
  ['a file', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file_1', file_data: 'x' }] }] }],
  ['files to search', { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }],
  ['a container', { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }],
])('%s is kept under the key of the gateway, and never told to a provider', (_, more) => {
  const read = (): ChatCall => readResponses(bytes({ model: 'a', input: 'Hi', ...more }), facts).call
  const thrown = ((): unknown => {
    try {
      return read().native
    } catch (error) {
      return error
    }
  })()
  if (thrown !== undefined) expect(thrown).toMatchObject({ code: 'unsupported_parameter' })
})

test.each([
  ['a document', { type: 'document', source: { type: 'file', file_id: 'file_1' } }],
  ['a picture', { type: 'image', source: { type: 'file', file_id: 'file_1' } }],
  ['an upload', { type: 'container_upload', file_id: 'file_1' }],
])('%s that is kept under the key of the gateway is refused in a messages request', (_, block) => {
  const messages = [{ role: 'user', content: [block] }]
  const read = (): ChatCall => readMessages(bytes({ model: 'a', max_tokens: 5, messages }), facts).call
  expect(thrownBy(read)).toMatchObject({ code: 'unsupported_parameter' })
})
