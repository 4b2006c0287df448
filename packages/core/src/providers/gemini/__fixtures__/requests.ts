import type { RequestFixture } from '../../provider-fixtures.contract.ts'

const hello = [{ role: 'user', content: 'Hi' }]
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
const tool = { type: 'function', function: { name: 'add', description: 'Adds', parameters: { type: 'object' } } }
const declared = [{ name: 'add', description: 'Adds', parametersJsonSchema: { type: 'object' } }]
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { $schema: { $ref: '#/$defs/a', title: 'A' } },
}
const call = (id: string, name: string, json: string, more: object = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: json },
  ...more,
})
const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })

/** A request to one of Google's models, of which only what is looked at is named here. */
const asked = (
  name: string,
  upstreamModel: string,
  more: object,
  sends: object,
  drops: readonly string[] = [],
): RequestFixture => ({
  name,
  body: JSON.stringify({ model: 'a', messages: hello, ...more }),
  target: { upstreamModel },
  path: `/models/${upstreamModel}:generateContent`,
  sends: { contents, ...sends },
  drops,
})

const pro3 = 'gemini-3.1-pro-preview'
const flash25 = 'gemini-2.5-flash'

const paths: readonly (readonly [string, string])[] = [
  ['models/gemini-2.5-flash', '/models/gemini-2.5-flash'],
  ['tunedModels/mine', '/tunedModels/mine'],
  ['../../v1/secret?x#y', '/models/..%2F..%2Fv1%2Fsecret%3Fx%23y'],
  ['..', '/models/..'],
  ['models/../x', '/models/..%2Fx'],
  ['gemini 1', '/models/gemini%201'],
]

const efforts: readonly (readonly [
  upstreamModel: string,
  effort: string,
  thinkingConfig: object | undefined,
  drops: boolean,
])[] = [
  [pro3, 'minimal', { thinkingLevel: 'low', includeThoughts: true }, false],
  [pro3, 'medium', { thinkingLevel: 'medium', includeThoughts: true }, false],
  [pro3, 'xhigh', { thinkingLevel: 'high', includeThoughts: true }, false],
  [pro3, 'none', { thinkingLevel: 'low' }, true],
  ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'high', includeThoughts: true }, false],
  ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'minimal', includeThoughts: true }, false],
  [flash25, 'low', { thinkingBudget: 1024, includeThoughts: true }, false],
  [flash25, 'max', { thinkingBudget: 24_576, includeThoughts: true }, false],
  [flash25, 'none', { thinkingBudget: 0 }, false],
  ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }, true],
  ['gemini-2.0-flash', 'high', undefined, true],
  ['gemini-2.0-flash', 'none', undefined, false],
  ['gemini-3-pro-image-preview', 'high', undefined, true],
  [pro3, 'wild', undefined, true],
]

/** Requests to Geminis old and new. */
export const requests: readonly RequestFixture[] = [
  asked('a plain request', flash25, {}, {}),
  { ...asked('a stream', flash25, { stream: true }, {}), path: `/models/${flash25}:streamGenerateContent?alt=sse` },
  ...paths.map(([upstreamModel, path]) => ({
    ...asked(`a request to the model "${upstreamModel}"`, upstreamModel, {}, {}),
    path: `${path}:generateContent`,
  })),
  asked(
    'parameters that have a counterpart',
    flash25,
    {
      max_tokens: 1,
      max_completion_tokens: 9,
      temperature: 1.5,
      top_p: 0.9,
      top_k: 3,
      stop: 'END',
      seed: -7,
      n: 2,
      presence_penalty: 0.5,
      frequency_penalty: -0.5,
    },
    {
      generationConfig: {
        maxOutputTokens: 9,
        temperature: 1.5,
        topP: 0.9,
        topK: 3,
        stopSequences: ['END'],
        seed: -7,
        candidateCount: 2,
        presencePenalty: 0.5,
        frequencyPenalty: -0.5,
      },
    },
  ),
  asked(
    'none of what has no counterpart, and says so',
    flash25,
    {
      ...{ logprobs: true, top_logprobs: 2, logit_bias: { 1: 2 }, user: 'u', parallel_tool_calls: false, zebra: 0 },
      ...{ seed: 2 ** 40, top_k: 'x' },
    },
    {},
    ['logprobs', 'top_logprobs', 'logit_bias', 'user', 'parallel_tool_calls', 'zebra', 'seed', 'top_k'],
  ),
  asked(
    'without a word of what asks for nothing',
    flash25,
    {
      n: 1,
      seed: null,
      logprobs: false,
      parallel_tool_calls: true,
      metadata: { a: 'b' },
      response_format: { type: 'text' },
    },
    {},
  ),
  ...efforts.map(([upstreamModel, effort, thinkingConfig, drops]) =>
    asked(
      `the effort "${effort}" to ${upstreamModel}`,
      upstreamModel,
      { reasoning_effort: effort },
      thinkingConfig === undefined ? {} : { generationConfig: { thinkingConfig } },
      drops ? ['reasoning_effort'] : [],
    ),
  ),
  asked(
    'a number of tokens to think',
    flash25,
    { thinking: { type: 'enabled', budget_tokens: 3000 } },
    { generationConfig: { thinkingConfig: { thinkingBudget: 3000, includeThoughts: true } } },
  ),
  ...[
    { choice: undefined, config: undefined },
    { choice: 'auto', config: { mode: 'AUTO' } },
    { choice: 'required', config: { mode: 'ANY' } },
    { choice: 'none', config: { mode: 'NONE' } },
    { choice: { type: 'function', function: { name: 'add' } }, config: { mode: 'ANY', allowedFunctionNames: ['add'] } },
    {
      choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool] } },
      config: { mode: 'AUTO' },
    },
  ].map(({ choice, config }) =>
    asked(
      `a tool under ${JSON.stringify(choice)}`,
      flash25,
      {
        tools:
          typeof choice === 'object' && choice.type === 'allowed_tools'
            ? [tool, { ...tool, function: { name: 'b' } }]
            : [tool],
        tool_choice: choice,
      },
      {
        tools: [{ functionDeclarations: declared }],
        ...(config && { toolConfig: { functionCallingConfig: config } }),
      },
    ),
  ),
  asked(
    'a tool without parameters or description',
    flash25,
    { tools: [{ type: 'function', function: { name: 'now', parameters: {} } }] },
    { tools: [{ functionDeclarations: [{ name: 'now' }] }] },
  ),
  asked(
    'a wish for JSON',
    flash25,
    { response_format: { type: 'json_object' } },
    { generationConfig: { responseMimeType: 'application/json' } },
  ),
  asked(
    'a schema, without what Gemini does not take in one',
    flash25,
    { response_format: { type: 'json_schema', json_schema: { name: 'p', schema } } },
    {
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { $schema: { $ref: '#/$defs/a' } } },
      },
    },
  ),
  asked(
    'instructions apart, and every kind of content',
    flash25,
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See:' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.PNG?b=c' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a' } },
            { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,CCCC' } },
          ],
        },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
      ],
    },
    {
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'See:' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { fileData: { fileUri: 'https://example.com/a.PNG?b=c', mimeType: 'image/png' } },
            { fileData: { fileUri: 'https://example.com/a' } },
            { inlineData: { mimeType: 'audio/mp3', data: 'BBBB' } },
            { inlineData: { mimeType: 'application/pdf', data: 'CCCC' } },
          ],
        },
      ],
    },
  ),
  asked('instructions alone as a question', flash25, { messages: [{ role: 'system', content: 'Hi' }] }, {}),
  asked(
    'instructions ahead of the question to a model that has no place for them',
    'gemma-3-27b-it',
    { messages: [{ role: 'system', content: 'Be brief.' }, ...hello] },
    { contents: [{ role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Hi' }] }] },
  ),
  asked(
    'the results of several tools in one turn, by the names of their calls',
    flash25,
    {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm',
          tool_calls: [call('1', 'add', '{"a":1}'), call('2', 'now', '')],
        },
        {
          role: 'tool',
          tool_call_id: '2',
          content: [
            { type: 'text', text: 'noon' },
            { type: 'text', text: 'GMT' },
          ],
        },
        { role: 'tool', tool_call_id: '1', content: '{"sum":2}' },
        { role: 'tool', tool_call_id: '3', name: 'other', content: '{broken' },
        { role: 'user', content: 'And?' },
      ],
    },
    {
      contents: [
        ...contents,
        {
          role: 'model',
          parts: [
            { functionCall: { id: '1', name: 'add', args: { a: 1 } } },
            { functionCall: { id: '2', name: 'now', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: '2', name: 'now', response: { output: 'noon\nGMT' } } },
            { functionResponse: { id: '1', name: 'add', response: { sum: 2 } } },
            { functionResponse: { id: '3', name: 'other', response: { output: '{broken' } } },
            { text: 'And?' },
          ],
        },
      ],
    },
  ),
  asked(
    'signatures where they were, and a word in place of those that are lost',
    pro3,
    {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: 'Well.',
          ...signed('text-sig'),
          tool_calls: [call('1', 'add', '{}', signed('call-sig')), call('2', 'add', '{}')],
        },
        { role: 'tool', tool_call_id: '1', content: 'x' },
        { role: 'assistant', tool_calls: [call('3', 'add', '{}', { extra_content: 'x' }), call('4', 'add', '{}')] },
        { role: 'tool', tool_call_id: '3', content: 'y' },
      ],
    },
    {
      contents: [
        ...contents,
        {
          role: 'model',
          parts: [
            { text: 'Well.', thoughtSignature: 'text-sig' },
            { functionCall: { id: '1', name: 'add', args: {} }, thoughtSignature: 'call-sig' },
            { functionCall: { id: '2', name: 'add', args: {} } },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: '1', name: 'add', response: { output: 'x' } } }] },
        {
          role: 'model',
          parts: [
            {
              functionCall: { id: '3', name: 'add', args: {} },
              thoughtSignature: 'skip_thought_signature_validator',
            },
            { functionCall: { id: '4', name: 'add', args: {} } },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: '3', name: 'add', response: { output: 'y' } } }] },
      ],
    },
  ),
]
