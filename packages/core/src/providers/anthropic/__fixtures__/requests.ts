import type { RequestFixture } from '../../provider-fixtures.contract.ts'

const hello = [{ role: 'user', content: 'Hi' }]
const helloBlocks = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]
const body = (more: object): string => JSON.stringify({ model: 'a', messages: hello, ...more })
const text = (words: string) => ({ type: 'text', text: words })
const tool = { type: 'function', function: { name: 'add', description: 'Adds', parameters: { type: 'object' } } }
const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] }

/** A request to one of Anthropic's models, of which only what is looked at is named here. */
const asked = (
  name: string,
  upstreamModel: string,
  more: object,
  sends: object,
  drops: readonly string[] = [],
): RequestFixture => ({
  name,
  body: body(more),
  target: { upstreamModel },
  path: '/messages',
  sends: { model: upstreamModel, messages: helloBlocks, ...sends },
  drops,
})

const opus5 = 'claude-opus-5'
const sonnet45 = 'claude-sonnet-4-5-20250929'
const call = (id: string, name: string, json: string) => ({ id, type: 'function', function: { name, arguments: json } })

/** Requests to Claudes old and new. */
export const requests: readonly RequestFixture[] = [
  asked('a plain request', opus5, {}, { max_tokens: 128_000 }),
  asked(
    'a stream',
    opus5,
    { stream: true, stream_options: { include_usage: true } },
    { max_tokens: 128_000, stream: true },
  ),
  asked('no more tokens than the model has', 'claude-3-haiku-20240307', { max_tokens: 9000 }, { max_tokens: 4096 }),
  asked('little to a model of another maker', 'm', {}, { max_tokens: 4096 }),
  asked(
    'the newer name of a limit before the older',
    opus5,
    { max_tokens: 10, max_completion_tokens: 20 },
    { max_tokens: 20 },
  ),
  asked(
    'parameters that have a counterpart',
    sonnet45,
    { max_tokens: 9, temperature: 1.5, top_k: 3, stop: ['END', 'STOP'], user: 'u-1' },
    { max_tokens: 9, temperature: 1, top_k: 3, stop_sequences: ['END', 'STOP'], metadata: { user_id: 'u-1' } },
  ),
  asked('one stop text as several', opus5, { max_tokens: 9, stop: 'END' }, { max_tokens: 9, stop_sequences: ['END'] }),
  asked(
    'none of what has no counterpart, and says so',
    'claude-3-5-haiku-20241022',
    {
      max_tokens: 9,
      seed: 1,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 1: 2 },
      presence_penalty: 1,
      zebra: 0,
    },
    { max_tokens: 9 },
    ['seed', 'n', 'logprobs', 'top_logprobs', 'logit_bias', 'presence_penalty', 'zebra'],
  ),
  asked(
    'without a word of what asks for nothing',
    opus5,
    {
      ...{ max_tokens: 9, n: 1, seed: null, logprobs: false, presence_penalty: 0, logit_bias: {}, store: false },
      ...{ metadata: { a: 'b' }, session_id: 's', provider: null, response_format: { type: 'text' } },
    },
    { max_tokens: 9 },
  ),
  asked(
    'one of two samplers to a model that takes one',
    sonnet45,
    { max_tokens: 9, temperature: 0.5, top_p: 0.9 },
    { max_tokens: 9, temperature: 0.5 },
    ['top_p'],
  ),
  asked(
    'no samplers to a model that takes none',
    opus5,
    { max_tokens: 9, temperature: 0.5, top_p: 0.9, top_k: 4 },
    { max_tokens: 9 },
    ['temperature', 'top_p', 'top_k'],
  ),
  asked(
    'no stop text and no user that Anthropic would refuse',
    opus5,
    { max_tokens: 9, stop: ['\n', 'a'], user: 'ann@example.com' },
    { max_tokens: 9, stop_sequences: ['a'] },
    ['stop', 'user'],
  ),
  asked(
    'effort as effort',
    opus5,
    { reasoning_effort: 'xhigh' },
    {
      max_tokens: 128_000,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'xhigh' },
    },
  ),
  asked(
    'an effort that the model has under another name',
    'claude-opus-4-6',
    { reasoning_effort: 'xhigh' },
    { max_tokens: 128_000, thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } },
  ),
  asked(
    'effort as a number of tokens, of which half are left for the answer',
    sonnet45,
    { reasoning_effort: 'high', max_completion_tokens: 8000, temperature: 0.5 },
    { max_tokens: 8000, thinking: { type: 'enabled', budget_tokens: 4000 } },
    ['temperature'],
  ),
  asked(
    'a number of tokens as it is',
    sonnet45,
    { thinking: { type: 'enabled', budget_tokens: 3000 } },
    { max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 3000 } },
  ),
  asked(
    'no effort where there is no room for it',
    sonnet45,
    { reasoning_effort: 'low', max_tokens: 500 },
    { max_tokens: 500 },
    ['reasoning_effort'],
  ),
  asked(
    'no effort to a model that has none',
    'claude-3-5-haiku-20241022',
    { max_tokens: 9, reasoning_effort: 'low' },
    { max_tokens: 9 },
    ['reasoning_effort'],
  ),
  asked('no effort that nobody knows', opus5, { max_tokens: 9, reasoning_effort: 'wild' }, { max_tokens: 9 }, [
    'reasoning_effort',
  ]),
  asked(
    'that it shall not think',
    opus5,
    { reasoning_effort: 'none' },
    { max_tokens: 128_000, thinking: { type: 'disabled' } },
  ),
  asked(
    'little effort to a model that always thinks',
    'claude-fable-5',
    { thinking: { type: 'disabled' } },
    { max_tokens: 128_000, output_config: { effort: 'low' } },
    ['thinking'],
  ),
  asked(
    'a tool',
    opus5,
    { max_tokens: 9, tools: [{ ...tool, cache_control: { type: 'ephemeral' } }] },
    {
      max_tokens: 9,
      tools: [
        {
          name: 'add',
          description: 'Adds',
          input_schema: { type: 'object' },
          cache_control: { type: 'ephemeral' },
        },
      ],
    },
  ),
  ...[
    { choice: 'auto', sent: { type: 'auto', disable_parallel_tool_use: true } },
    { choice: 'required', sent: { type: 'any', disable_parallel_tool_use: true } },
    { choice: 'none', sent: { type: 'none' } },
    {
      choice: { type: 'function', function: { name: 'add' } },
      sent: { type: 'tool', name: 'add', disable_parallel_tool_use: true },
    },
    {
      choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [tool, { function: { name: 'b' } }] },
      },
      sent: { type: 'any', disable_parallel_tool_use: true },
    },
  ].map(({ choice, sent }) =>
    asked(
      `one tool at a time under ${JSON.stringify(choice)}`,
      opus5,
      { max_tokens: 9, tools: [tool], tool_choice: choice, parallel_tool_calls: false },
      {
        max_tokens: 9,
        tools: [{ name: 'add', description: 'Adds', input_schema: { type: 'object' } }],
        tool_choice: sent,
      },
    ),
  ),
  asked(
    'no thoughts ahead of a tool that must be called',
    sonnet45,
    { max_tokens: 9000, tools: [tool], tool_choice: 'required', reasoning_effort: 'low' },
    {
      max_tokens: 9000,
      tools: [{ name: 'add', description: 'Adds', input_schema: { type: 'object' } }],
      tool_choice: { type: 'any' },
    },
    ['reasoning_effort'],
  ),
  asked(
    'a schema that Anthropic can hold an answer to',
    opus5,
    { max_tokens: 9, response_format: { type: 'json_schema', json_schema: { name: 'p', strict: true, schema } } },
    {
      max_tokens: 9,
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            type: 'object',
            additionalProperties: false,
            properties: { age: { type: 'integer', description: 'minimum: 0' } },
            required: ['age'],
          },
        },
      },
    },
  ),
  asked(
    'a wish for JSON in words where nothing can enforce it',
    opus5,
    { max_tokens: 9, response_format: { type: 'json_object' } },
    { max_tokens: 9, system: [text('Answer with one JSON object and nothing else, without Markdown around it.')] },
    ['response_format'],
  ),
  asked(
    'a schema in words to a model that cannot be held to one',
    'claude-sonnet-4-20250514',
    { max_tokens: 9, response_format: { type: 'json_schema', json_schema: { name: 'p', schema } } },
    {
      max_tokens: 9,
      system: [
        text(
          `Answer with one JSON object and nothing else, without Markdown around it. It must be valid under this JSON schema: ${JSON.stringify(schema)}`,
        ),
      ],
    },
    ['response_format'],
  ),
  asked(
    'instructions apart, and every kind of content',
    opus5,
    {
      max_tokens: 9,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ ...text('Be kind.'), cache_control: { type: 'ephemeral' } }] },
        {
          role: 'user',
          content: [
            text('See:'),
            text(''),
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
            { type: 'file', file: { file_data: 'data:text/plain;charset=utf-8;base64,R3LDvMOfZQ==' } },
            { type: 'file', file: { file_data: 'https://example.com/a.pdf' } },
          ],
        },
      ],
    },
    {
      max_tokens: 9,
      system: [text('Be brief.'), { ...text('Be kind.'), cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            text('See:'),
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
            { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
          ],
        },
      ],
    },
  ),
  asked(
    'the beginning of an answer without white space at its end',
    sonnet45,
    { max_tokens: 9, messages: [...hello, { role: 'assistant', content: 'It is \n' }] },
    { max_tokens: 9, messages: [...helloBlocks, { role: 'assistant', content: [text('It is')] }] },
  ),
  asked(
    'no beginning of an answer that is nothing but white space',
    sonnet45,
    { max_tokens: 9, messages: [...hello, { role: 'assistant', content: '\n' }] },
    { max_tokens: 9 },
  ),
  asked(
    'instructions alone as a question',
    opus5,
    { max_tokens: 9, messages: [{ role: 'system', content: 'Hi' }] },
    { max_tokens: 9 },
  ),
  asked(
    'the results of several tools in one turn, under ids that Anthropic takes',
    sonnet45,
    {
      max_tokens: 9000,
      reasoning_effort: 'low',
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm',
          tool_calls: [call('functions.add:0', 'add', '{"a":1}'), call('toolu_2', 'now', '')],
        },
        { role: 'tool', tool_call_id: 'functions.add:0', content: '2' },
        { role: 'tool', tool_call_id: 'toolu_2', content: [text('noon'), text('GMT')] },
        { role: 'user', content: 'And?' },
      ],
    },
    {
      max_tokens: 9000,
      // The user has spoken since, so the model may think anew.
      thinking: { type: 'enabled', budget_tokens: 2048 },
      messages: [
        ...helloBlocks,
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'functions_add_0', name: 'add', input: { a: 1 } },
            { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'functions_add_0', content: [text('2')] },
            { type: 'tool_result', tool_use_id: 'toolu_2', content: [text('noon'), text('GMT')] },
            text('And?'),
          ],
        },
      ],
      tools: [
        { name: 'add', input_schema: { type: 'object' } },
        { name: 'now', input_schema: { type: 'object' } },
      ],
      tool_choice: { type: 'none' },
    },
  ),
  ...[
    {
      name: 'no effort where the thoughts before a tool call are lost',
      blocks: undefined,
      drops: ['reasoning_effort'],
    },
    {
      name: 'the thoughts before a tool call, which let the model think on',
      blocks: [
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'evil' },
      ],
      drops: [],
    },
  ].map(({ name, blocks, drops }) =>
    asked(
      name,
      sonnet45,
      {
        max_tokens: 9000,
        reasoning_effort: 'low',
        tools: [tool],
        messages: [
          ...hello,
          { role: 'assistant', content: 'Well.', thinking_blocks: blocks, tool_calls: [call('t1', 'add', '{}')] },
          { role: 'tool', tool_call_id: 't1', content: '' },
        ],
      },
      {
        max_tokens: 9000,
        ...(blocks && { thinking: { type: 'enabled', budget_tokens: 2048 } }),
        tools: [{ name: 'add', description: 'Adds', input_schema: { type: 'object' } }],
        messages: [
          ...helloBlocks,
          {
            role: 'assistant',
            content: [
              ...(blocks ?? []).slice(0, 2),
              text('Well.'),
              { type: 'tool_use', id: 't1', name: 'add', input: {} },
            ],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [] }] },
        ],
      },
      drops,
    ),
  ),
]
