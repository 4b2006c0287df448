import { eventMessage, exceptionMessage } from '../../bytes/__fixtures__/event-stream-message.ts'
import type { ProviderFixtures, RequestFixture } from '../provider-fixtures.contract.ts'
import { Sees } from '../provider.ts'
import { describeProvider } from '../provider.contract.ts'
import { conversation, weather } from '../request-fixture.contract.ts'
import { translate } from '../run-provider.contract.ts'
import { refusedEverywhere } from '../translated/__fixtures__/refused.ts'
import { fixtures as openAIShaped } from './chat.contract.ts'
import { converse } from './converse.ts'
import { converseCutter } from './converse-stream.ts'

const hello = [{ role: 'user', content: 'Hi' }]
const messages = [{ role: 'user', content: [{ text: 'Hi' }] }]
const nova = 'us.amazon.nova-pro-v1:0'
const path = '/model/us.amazon.nova-pro-v1%3A0/converse'

const asked = (name: string, more: object, sends: object, drops: readonly string[] = []): RequestFixture => ({
  name,
  body: JSON.stringify({ model: 'a', messages: hello, ...more }),
  target: { upstreamModel: nova },
  sends: { messages, ...sends },
  path,
  drops,
})

const weatherSpec = {
  toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } },
}
const png = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } }
const pdf = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0x' } }

const mark = { cache_control: { type: 'ephemeral' } }
const marked = [
  { role: 'system', content: [{ type: 'text', text: 'Be brief.', ...mark }] },
  { role: 'user', content: 'Weather?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'Sunny', ...mark }] },
]

const requests: readonly RequestFixture[] = [
  asked('a question', {}, {}),
  {
    ...asked('a stream, which the path asks for', { stream: true }, {}),
    path: '/model/us.amazon.nova-pro-v1%3A0/converse-stream',
  },
  asked(
    'parameters under its names, within its scale',
    { max_tokens: 5, temperature: 1.5, top_p: 0.9, stop: 'END' },
    { inferenceConfig: { maxTokens: 5, temperature: 1, topP: 0.9, stopSequences: ['END'] } },
  ),
  asked('none of what it has no word for, and says so', { seed: 1, logit_bias: { 5: 1 }, n: 1 }, {}, [
    'seed',
    'logit_bias',
  ]),
  asked(
    'instructions apart, and what shall be JSON in words',
    {
      messages: [{ role: 'system', content: 'Be brief.' }, ...hello],
      response_format: { type: 'json_object' },
    },
    {
      system: [
        { text: 'Be brief.' },
        { text: 'Answer with one JSON object and nothing else, without Markdown around it.' },
      ],
    },
    ['response_format'],
  ),
  asked(
    'pictures and documents with their bytes',
    { messages: [{ role: 'user', content: [png, pdf, { type: 'text', text: 'What?' }] }] },
    {
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'png', source: { bytes: 'iVBORw0K' } } },
            { document: { name: 'document', format: 'pdf', source: { bytes: 'JVBERi0x' } } },
            { text: 'What?' },
          ],
        },
      ],
    },
  ),
  asked(
    'a tool that must be called, and the history of one',
    { messages: conversation({}), tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } } },
    {
      messages: [
        { role: 'user', content: [{ text: 'Weather?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_abc123', name: 'weather', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'call_abc123', content: [{ text: 'Sunny' }] } }] },
      ],
      toolConfig: { tools: [weatherSpec], toolChoice: { tool: { name: 'weather' } } },
    },
  ),
  asked(
    'none of what another model thought',
    {
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: 'Hello!',
          thinking_blocks: [{ type: 'thinking', thinking: 'They greet.', signature: 'sig' }],
        },
        { role: 'user', content: 'Bye' },
      ],
    },
    {
      messages: [
        ...messages,
        { role: 'assistant', content: [{ text: 'Hello!' }] },
        { role: 'user', content: [{ text: 'Bye' }] },
      ],
    },
  ),
  asked(
    'points of the cache where the prompt is marked, for a model that takes them',
    { messages: marked },
    {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }],
      messages: [
        { role: 'user', content: [{ text: 'Weather?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'weather', input: {} } }] },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'call_1', content: [{ text: 'Sunny' }] } },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] },
    },
  ),
  {
    ...asked('no points for one that refuses them', { messages: marked.slice(0, 2) }, {}),
    target: { upstreamModel: 'meta.llama4-scout-17b-instruct-v1:0' },
    sends: { system: [{ text: 'Be brief.' }], messages: [{ role: 'user', content: [{ text: 'Weather?' }] }] },
    path: '/model/meta.llama4-scout-17b-instruct-v1%3A0/converse',
  },
  asked(
    'any tool',
    { tools: [weather], tool_choice: 'required' },
    { toolConfig: { tools: [weatherSpec], toolChoice: { any: {} } } },
  ),
  asked('no tool that may not be called', { tools: [weather], tool_choice: 'none' }, {}),
]

/** https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-examples.html */
const answer = JSON.stringify({
  metrics: { latencyMs: 2000 },
  output: {
    message: {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'They ask.', signature: 'sig' } } },
        { text: 'Looking.' },
        { toolUse: { toolUseId: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'top_song', input: { sign: 'WZPZ' } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 100, outputTokens: 25, totalTokens: 135, cacheReadInputTokens: 10, cacheWriteInputTokens: 0 },
})

/** A stream as it is once it is cut. */
function eventsOf(...all: readonly Buffer[]): string {
  let text = ''
  converseCutter().push(Buffer.concat(all), (frame) => (text += frame.toString()))
  return text
}

const delta = (contentBlockIndex: number, said: object): Buffer =>
  eventMessage('contentBlockDelta', { contentBlockIndex, delta: said, p: 'abcdef' })
const stop = (contentBlockIndex: number): Buffer => eventMessage('contentBlockStop', { contentBlockIndex, p: 'abc' })
const usage = { inputTokens: 47, outputTokens: 20, totalTokens: 67 }

const fixtures: ProviderFixtures = {
  writesAnew: "Converse has a shape of Amazon's own",
  requests,
  refused: [
    ...refusedEverywhere,
    {
      name: 'a picture that it would have to fetch',
      body: JSON.stringify({
        model: 'a',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.b/c.png' } }] }],
      }),
      code: 'unsupported_parameter',
      param: 'messages',
    },
  ],
  answers: [
    {
      name: 'a message with thoughts and a call',
      body: answer,
      found: {
        text: 'Looking.',
        reasoning: 'They ask.',
        tools: [['top_song', '{"sign":"WZPZ"}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 110, cachedInputTokens: 10, outputTokens: 25 },
      },
    },
    {
      name: 'a message without usage',
      body: '{"output":{"message":{"role":"assistant","content":[{"text":"ok"}]}},"stopReason":"max_tokens"}',
      found: { text: 'ok', finishReason: 'length', usage: {} },
    },
  ],
  badAnswers: [
    { name: 'a list', body: '[]', failure: { code: 'upstream_bad_response' } },
    { name: "OpenAI's shape", body: '{"choices":[]}', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an answer that a guardrail withheld',
      body: '{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"guardrail_intervened"}',
      failure: { class: 'content_policy' },
    },
  ],
  streams: [
    {
      name: 'text, with thoughts before it',
      body: eventsOf(
        eventMessage('messageStart', { role: 'assistant', p: 'ab' }),
        delta(0, { reasoningContent: { text: 'They greet.' } }),
        delta(0, { reasoningContent: { signature: 'sig' } }),
        stop(0),
        delta(1, { text: 'Hello' }),
        delta(1, { text: ' there!' }),
        stop(1),
        eventMessage('messageStop', { stopReason: 'end_turn', p: 'abcd' }),
        eventMessage('metadata', { usage, metrics: { latencyMs: 100 }, p: 'a' }),
      ),
      found: {
        text: 'Hello there!',
        reasoning: 'They greet.',
        finishReason: 'stop',
        usage: { inputTokens: 47, outputTokens: 20 },
      },
    },
    {
      name: 'a call',
      body: eventsOf(
        eventMessage('messageStart', { role: 'assistant' }),
        eventMessage('contentBlockStart', {
          contentBlockIndex: 0,
          start: { toolUse: { toolUseId: 'tooluse_1', name: 'top_song' } },
        }),
        delta(0, { toolUse: { input: '{"sign":' } }),
        delta(0, { toolUse: { input: '"WZPZ"}' } }),
        stop(0),
        eventMessage('messageStop', { stopReason: 'tool_use' }),
        eventMessage('metadata', { usage }),
      ),
      found: {
        tools: [['top_song', '{"sign":"WZPZ"}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 47, outputTokens: 20 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'a limit',
      body: eventsOf(
        eventMessage('messageStart', { role: 'assistant' }),
        exceptionMessage('throttlingException', 'Too many tokens, please wait before trying again.'),
      ),
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a model that broke',
      body: eventsOf(exceptionMessage('modelStreamErrorException', 'The model broke')),
      failure: { class: 'transient' },
    },
    { name: 'a stream of text', body: 'data: oops\n\n', failure: { code: 'upstream_bad_response' } },
  ],
  errors: openAIShaped.errors,
  fieldNames:
    `output message content text toolUse toolUseId name input reasoningContent reasoningText signature stopReason usage
    inputTokens outputTokens messageStart contentBlockStart contentBlockIndex contentBlockDelta delta contentBlockStop messageStop
    metadata exception type`.split(/\s+/),
}

describeProvider('Converse', converse, fixtures)

test('a stop without a reason is no finish', () => {
  const said = eventsOf(
    eventMessage('messageStart', { role: 'assistant' }),
    delta(0, { text: 'Hello' }),
    eventMessage('messageStop', {}),
    eventMessage('metadata', { usage }),
  )
  const { sees } = translate(converse, [Buffer.from(said)])
  expect(sees & (Sees.Output | Sees.Finish | Sees.Done)).toBe(Sees.Output)
})
