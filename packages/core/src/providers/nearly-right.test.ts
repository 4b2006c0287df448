import type { ChatCompletion } from '../operations/chat/chat.ts'
import { join, splice } from '../bytes/splice.ts'
import type { Json } from '../json.ts'
import { messagesApi } from './anthropic/messages-api.ts'
import { knownProviders } from './known-providers.ts'
import { Sees, type Provider } from './provider.ts'
import {
  answerTo,
  callOf,
  deltasOf,
  failureOf,
  firstStep,
  foundIn,
  target,
  translate,
} from './run-provider.contract.ts'

// Upstreams that nearly speak OpenAI's API, or nearly their own: what they send is mended wherever it may come from.

const ID = '2512292042121000001'
/** Those that are asked in words of their own: they are `translatedOnes`. */
const inOwnWords = ['anthropic', 'gemini', 'vertex', 'perplexity']
const openAIs = Object.entries(knownProviders)
  .map(([type, { adapter }]): [string, Provider] => [type, adapter])
  .filter(([type, { chat }]) => chat !== undefined && !inOwnWords.includes(type))

const event = (choice: object): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`
const delta = (said: unknown, reason: unknown = null): string =>
  event({ index: 0, delta: said, logprobs: null, finish_reason: reason })
const streamed = (provider: Provider, ...events: string[]) =>
  translate(provider, [Buffer.from([...events, 'data: [DONE]\n\n'].join(''))])
const answered = (provider: Provider, text: string) => {
  const answer = answerTo(provider, text)
  const { choices } = JSON.parse(join(splice(answer.body, answer.edits)).toString()) as ChatCompletion
  return { choice: choices[0], finishReason: answer.finishReason }
}
const whole = (message: object, reason: unknown): string =>
  JSON.stringify({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: reason }],
  })
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
const objectCall = `{"id":"a","type":"function","function":{"name":"f","arguments":{"id":"@"}}}`.replace('"@"', ID)

describe.each(openAIs)('%s', (_, provider) => {
  test('has calls that share a number told apart, each with an id', () => {
    const pieces = [{ name: 'f' }, { name: 'g' }].map((made) =>
      delta({ tool_calls: [{ index: 0, id: null, type: 'function', function: { ...made, arguments: '' } }] }),
    )
    const whole = delta({ tool_calls: [{ index: 0, id: '', function: { name: 'h', arguments: '{"x":1}' } }] })
    const chunks = streamed(provider, ...pieces, whole, delta({}, 'tool_calls')).chunks()
    const said = deltasOf(chunks, 0)
    expect(foundIn(said).tools).toEqual([
      ['f', '{}'],
      ['g', '{}'],
      ['h', '{"x":1}'],
    ])
    const ids = said.flatMap(({ tool_calls: calls = [] }) => calls.flatMap(({ id }) => id ?? []))
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^call_\w{1,35}$/)
  })

  test('has whole calls completed', () => {
    const { choice } = answered(provider, whole({ tool_calls: [{ function: { name: 'f', arguments: '' } }] }, 'stop'))
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ id: expect.stringMatching(/^call_/), type: 'function', function: { arguments: '{}' } }],
      },
    })
  })

  test('has calls left as they are where the answer was cut short', () => {
    const cut = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }
    const stream = streamed(provider, delta({ tool_calls: [cut] }), delta({}, 'length'))
    expect(foundIn(deltasOf(stream.chunks(), 0)).tools).toEqual([['f', '']])
    const { choice } = answered(provider, whole({ tool_calls: [cut] }, 'length'))
    expect(choice?.message.tool_calls?.[0]?.function.arguments).toBe('')
  })

  test('has numbers in arguments kept to the last digit', () => {
    const stream = streamed(
      provider,
      delta({ role: 'assistant', tool_calls: ['@'] }).replace('"@"', objectCall),
      delta({}, 'stop'),
    )
    expect(foundIn(deltasOf(stream.chunks(), 0)).tools).toEqual([['f', `{"id":${ID}}`]])
    const { choice } = answered(provider, whole({ tool_calls: ['@'] }, 'stop').replace('"@"', objectCall))
    expect(choice?.message.tool_calls?.[0]?.function.arguments).toBe(`{"id":${ID}}`)
  })

  test('has the arguments of what was called before there were tools as a text too, to the last digit', () => {
    const given = `{"name":"f","arguments":{"id":${ID}}}`
    const called = { function_call: { name: 'f', arguments: `{"id":${ID}}` } }
    const { choice } = answered(provider, whole({ function_call: '@' }, 'function_call').replace('"@"', given))
    expect(choice?.message).toMatchObject(called)
    const first = delta({ role: 'assistant', function_call: '@' }).replace('"@"', given)
    const [said] = deltasOf(streamed(provider, first, delta({}, 'function_call')).chunks(), 0)
    expect(said).toMatchObject(called)
  })

  test.each([
    { says: 'stop', calls: [call], reason: 'tool_calls' },
    { says: 'end_turn', calls: [call], reason: 'tool_calls' },
    { says: 'function_call', calls: [call], reason: 'tool_calls' },
    { says: 'length', calls: [call], reason: 'length' },
    { says: 'MAX_TOKENS', calls: [call], reason: 'length' },
    { says: 'content_filter', calls: [call], reason: 'content_filter' },
    { says: 'stop', calls: [], reason: 'stop' },
    { says: 'eos', calls: undefined, reason: 'stop' },
    { says: 'because', calls: undefined, reason: 'because' },
  ])('that says "$says" is understood as $reason', ({ says, calls, reason }) => {
    const { choice, finishReason } = answered(provider, whole({ tool_calls: calls }, says))
    expect([choice?.finish_reason, finishReason]).toEqual([reason, reason])
    const numbered = calls?.map((made, index) => ({ index, ...made }))
    const stream = streamed(provider, delta({ content: 'x', tool_calls: numbered }), delta({}, says))
    expect(stream.facts.finishReason).toBe(reason)
    expect(stream.chunks().at(-1)?.choices[0]?.finish_reason).toBe(reason)
  })

  test.each(['abort', 'cancelled', 'timeout', 'network_error', 'error', { type: 'abort', message: 'x' }])(
    'that ends with %j has broken off',
    (reason) => {
      const { sees, facts } = streamed(provider, delta({ content: 'The first half' }), delta({}, reason))
      expect(sees & Sees.Failure).toBe(Sees.Failure)
      expect(facts.failure).toMatchObject({ class: 'transient' })
      expect(failureOf(() => answerTo(provider, whole({ content: 'x' }, reason)))).toMatchObject({ class: 'transient' })
    },
  )

  test('that has an error in a choice has broken off, whatever it calls its end', () => {
    const error = { code: 502, message: 'the engine is gone' }
    const broken = event({ index: 0, delta: {}, finish_reason: 'stop', error })
    const { sees, facts } = streamed(provider, delta({ content: 'The first half' }), broken)
    expect(sees & Sees.Failure).toBe(Sees.Failure)
    expect(facts.failure).toMatchObject({ class: 'transient' })
    const inChoice = JSON.stringify({
      choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop', error }],
    })
    expect(failureOf(() => answerTo(provider, inChoice))).toMatchObject({ class: 'transient' })
    const empty = event({ index: 0, delta: {}, finish_reason: 'stop', error: { message: '' } })
    expect(streamed(provider, delta({ content: 'x' }), empty).sees & Sees.Failure).toBe(0)
  })

  test.each([{}, [], '', { message: '', code: 0 }])('has an error that says nothing, %j, taken out', (error) => {
    const choices = [{ index: 0, delta: { role: 'assistant', content: 'x' }, finish_reason: null }]
    const [chunk] = streamed(provider, `data: ${JSON.stringify({ id: 'x', choices, error })}\n\n`).chunks()
    expect(chunk?.choices[0]?.delta).toMatchObject({ content: 'x' })
    expect(chunk).not.toHaveProperty('error')
    const answer = answerTo(provider, JSON.stringify({ ...JSON.parse(whole({ content: 'x' }, 'stop')), error }))
    const sent: unknown = JSON.parse(join(splice(answer.body, answer.edits)).toString())
    expect(sent).toMatchObject({ choices: [{ message: { content: 'x' } }] })
    expect(sent).not.toHaveProperty('error')
  })

  test('has a whole message in a stream told as a piece of one, unless pieces of it have come', () => {
    const message = { role: 'assistant', content: 'all of it' }
    const ends = event({ index: 0, message, finish_reason: 'stop' })
    expect(foundIn(deltasOf(streamed(provider, ends).chunks(), 0)).text).toBe('all of it')
    const once = streamed(provider, delta({ content: 'all of ' }), delta({ content: 'it' }), ends)
    expect(foundIn(deltasOf(once.chunks(), 0)).text).toBe('all of it')
  })

  test('has arguments that are an empty list, as PHP writes them, taken for none', () => {
    const listed = { id: 'a', type: 'function', function: { name: 'f', arguments: [] } }
    const { choice } = answered(provider, whole({ tool_calls: [listed] }, 'tool_calls'))
    expect(choice?.message.tool_calls?.[0]?.function.arguments).toBe('{}')
    const stream = streamed(provider, delta({ tool_calls: [{ index: 0, ...listed }] }), delta({}, 'tool_calls'))
    expect(foundIn(deltasOf(stream.chunks(), 0)).tools).toEqual([['f', '{}']])
  })

  test('speaks as the assistant, whatever it leaves empty', () => {
    const said = streamed(
      provider,
      delta({ role: '', content: 'a' }),
      delta({ role: '', content: 'b' }),
      delta({ role: null, content: 'c' }),
      delta(null, 'stop'),
    ).chunks()
    expect(said.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: 'a' },
      { content: 'b' },
      { content: 'c' },
      {},
    ])
    expect(streamed(provider, delta(null), delta(null, 'stop')).chunks()[0]?.choices[0]?.delta).toEqual({
      role: 'assistant',
    })
    expect(answered(provider, whole({ role: '', content: 'a' }, 'stop')).choice?.message.role).toBe('assistant')
  })
})

const parts = (...given: string[]): string =>
  `{"candidates":[{"index":0,"content":{"role":"model","parts":[${given.join(',')}]},"finishReason":"STOP"}]}`
const blocks = (stopReason: string, ...given: string[]): string =>
  `{"id":"m","type":"message","role":"assistant","content":[${given.join(',')}],"stop_reason":"${stopReason}"}`
const claudeEvent = (value: string): string => `data: ${value}\n\n`

const saidByClaude = {
  json: blocks('end_turn', `{"type":"tool_use","id":"t","name":"f","input":{"id":${ID}}}`),
  sse: [
    '{"type":"message_start","message":{"id":"m","usage":{"input_tokens":1}}}',
    `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"id":${ID}}}}`,
    '{"type":"content_block_stop","index":0}',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
    '{"type":"message_stop"}',
  ].map(claudeEvent),
  broken: blocks('malformed_tool_use', '{"type":"text","text":"x"}'),
  brokenEvents: ['{"type":"message_delta","delta":{"stop_reason":"abort"}}'].map(claudeEvent),
}
const saidByGemini = {
  json: parts(`{"functionCall":{"name":"f","args":{"id":${ID}}}}`),
  sse: [claudeEvent(parts(`{"functionCall":{"name":"f","args":{"id":${ID}}}}`))],
  broken: parts('{"text":"x"}').replace('STOP', 'MALFORMED_FUNCTION_CALL'),
  brokenEvents: [claudeEvent(parts('{"text":"x"}').replace('STOP', 'CANCELLED'))],
}

const { anthropic, gemini, vertex } = knownProviders
const translatedOnes = [
  { name: 'anthropic', provider: anthropic.adapter, ...saidByClaude },
  { name: 'vertex, Claude', provider: vertex.adapter.forModel?.('claude-model') ?? vertex.adapter, ...saidByClaude },
  { name: 'gemini', provider: gemini.adapter, ...saidByGemini },
  { name: 'vertex', provider: vertex.adapter, ...saidByGemini },
]

describe.each(translatedOnes)('$name', ({ provider, json, sse, broken, brokenEvents }) => {
  test('has numbers in arguments kept to the last digit, and a call ends for its sake', () => {
    expect(answered(provider, json).choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { arguments: `{"id":${ID}}` } }] },
    })
    const stream = streamed(provider, ...sse)
    expect(foundIn(deltasOf(stream.chunks(), 0)).tools).toEqual([['f', `{"id":${ID}}`]])
    expect(stream.facts.finishReason).toBe('tool_calls')
  })

  test('that says so has broken off', () => {
    expect(failureOf(() => answerTo(provider, broken))).toMatchObject({ class: 'transient' })
    expect(streamed(provider, ...brokenEvents).facts.failure).toMatchObject({ class: 'transient' })
  })

  test('gets the numbers of the history to the last digit', () => {
    expect(sentTo(provider, [['a', `{"id":${ID}}`, `{"at":${ID}}`]])).toContain(`{"id":${ID}}`)
  })

  test.each(['', ' ', '\n', 'null', ' null '])('gets no arguments for %j', (given) => {
    expect(sentTo(provider, [['a', given, 'x']])).toMatch(/"(?:input|args)":\{\}/)
  })

  test.each([
    ['[]', {}],
    ['[1]', { INVALID_JSON: '[1]' }],
    ['"Berlin"', { INVALID_JSON: '"Berlin"' }],
    ['7', { INVALID_JSON: '7' }],
    ['{"city":"Ber', { INVALID_JSON: '{"city":"Ber' }],
    [[], {}],
    [[1], { INVALID_JSON: '[1]' }],
    [7, { INVALID_JSON: '7' }],
  ])('gets an object for arguments that are none: %j', (given, object) => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: given } }
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
    ]
    const asked = firstStep(provider, callOf(JSON.stringify({ model: 'a', messages })), target)
    const sent = join(asked.body ?? []).toString()
    const fields = ['input', 'args'].map((name) => `"${name}":${JSON.stringify(object)}`)
    expect(fields.filter((field) => sent.includes(field))).toHaveLength(1)
  })

  test.each(['image/jpg', 'IMAGE/JPG', 'image/pjpeg'])('gets an %s by its registered name', (type) => {
    const image = { type: 'image_url', image_url: { url: `data:${type};base64,AAAA` } }
    const body = { model: 'a', messages: [{ role: 'user', content: [image] }] }
    expect(join(firstStep(provider, callOf(JSON.stringify(body)), target).body ?? []).toString()).toContain(
      '"image/jpeg"',
    )
  })
})

test('a message that does not say why it ended is not whole, in JSON and in events', () => {
  const unfinished = blocks('', '{"type":"text","text":"x"}').replace('"stop_reason":""', '"stop_reason":null')
  const { adapter } = knownProviders.anthropic
  for (const message of [unfinished, unfinished.replace(',"stop_reason":null', '')]) {
    expect(failureOf(() => answerTo(adapter, message)).code).toBe('upstream_incomplete')
    expect(failureOf(() => messagesApi.answer(JSON.parse(message) as Json)).code).toBe('upstream_incomplete')
  }
  const events = ['{"type":"message_delta","delta":{"stop_reason":null}}', '{"type":"message_stop"}'].map(claudeEvent)
  expect(streamed(adapter, ...events).sees & Sees.Finish).toBe(0)
})

const toolUse = (own: object, input: unknown = {}) => ({ type: 'tool_use', name: 'f', input, ...own })
const functionCall = (own: object, args: unknown = {}) => ({ functionCall: { name: 'f', args, ...own } })
const idsIn = (calls: readonly { id?: string | undefined }[] = []) => new Set(calls.flatMap(({ id }) => id ?? [])).size
const odd = [{}, { id: '' }, { id: null }, { id: 'a' }, { id: 'a' }]

test.each([
  {
    name: 'anthropic',
    provider: knownProviders.anthropic.adapter,
    json: JSON.stringify({ id: 'm', content: odd.map((own) => toolUse(own)), stop_reason: 'tool_use' }),
    events: [
      { type: 'message_start', message: { id: 'm', usage: { input_tokens: 1 } } },
      // All under one number, and none of them ended.
      ...odd.map((own) => ({ type: 'content_block_start', index: 0, content_block: toolUse(own) })),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ],
  },
  {
    name: 'gemini',
    provider: knownProviders.gemini.adapter,
    json: JSON.stringify({ candidates: [{ content: { parts: odd.map((own) => functionCall(own)) } }] }),
    events: odd.map((own, at) => ({
      candidates: [{ content: { parts: [functionCall(own)] }, ...(at === odd.length - 1 && { finishReason: 'STOP' }) }],
    })),
  },
])('calls of $name have ids of their own, and arguments', ({ provider, json, events }) => {
  expect(idsIn(answered(provider, json).choice?.message.tool_calls)).toBe(odd.length)
  const said = deltasOf(streamed(provider, ...events.map((value) => claudeEvent(JSON.stringify(value)))).chunks(), 0)
  expect(foundIn(said).tools).toEqual(odd.map(() => ['f', '{}']))
  expect(idsIn(said.flatMap(({ tool_calls: calls = [] }) => calls))).toBe(odd.length)
})

test.each([
  ['{"x":1}', '{"x":1}'],
  ['', '{}'],
  [null, '{}'],
  [{ x: 1 }, '{"x":1}'],
])('arguments of another maker that speaks as Claude or Gemini does: %j', (given, text) => {
  const claude = JSON.stringify({ content: [toolUse({ id: 'a' }, given)], stop_reason: 'tool_use' })
  const gemini = JSON.stringify({ candidates: [{ content: { parts: [functionCall({}, given)] } }] })
  for (const [{ adapter }, body] of [
    [knownProviders.anthropic, claude],
    [knownProviders.gemini, gemini],
  ] as const) {
    expect(answered(adapter, body).choice?.message.tool_calls?.[0]?.function.arguments).toBe(text)
  }
})

test('Gemini gets the numbers in the result of a tool to the last digit', () => {
  expect(sentTo(knownProviders.gemini.adapter, [['a', '{}', `{"at":${ID}}`]])).toContain(`{"at":${ID}}`)
})

/** What a provider is sent of a conversation with these calls, made at once: id, arguments, result. */
function sentTo(provider: Provider, calls: readonly (readonly [string, string, string])[]): string {
  const made = calls.map(([id, given]) => ({ id, type: 'function', function: { name: 'f', arguments: given } }))
  const results = calls.map(([id, , content]) => ({ role: 'tool', tool_call_id: id, content }))
  const messages = [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: null, tool_calls: made }, ...results]
  return join(firstStep(provider, callOf(JSON.stringify({ model: 'a', messages })), target).body ?? []).toString()
}

const asTheyAre = ['openai-compatible', 'openai', 'azure', 'bedrock', 'openrouter', 'speka', 'sandbox']

describe.each(openAIs.filter(([type]) => !asTheyAre.includes(type)))('%s', (_, provider) => {
  test.each(['', ' ', 'null', '\n'])('gets an empty object where the history has %j for arguments', (given) => {
    expect(sentTo(provider, [['abc123def', given, 'x']])).toContain('"arguments":"{}"')
  })

  test('gets all other arguments as the caller spells them', () => {
    expect(sentTo(provider, [['abc123def', `{ "id" :${ID}}`, 'x']])).toContain(`"arguments":"{ \\"id\\" :${ID}}"`)
  })
})
