import { SpekaError } from '../../errors.ts'
import {
  bytes,
  chunk,
  completion,
  eventsIn,
  facts,
  parsed,
  streamOf,
  thrownBy,
  told,
  usage,
  usageChunk,
} from '../ask-chat.fake.ts'
import { readCompletions } from './completions.ts'

const read = (request: object, aids = {}) =>
  readCompletions(bytes({ model: 'a', prompt: 'Hi', ...request }), facts, aids)
const tokenizer = {
  decode(tokens: readonly number[]) {
    if (tokens.includes(99)) throw new RangeError('no token')
    return tokens.map((token) => String.fromCharCode(96 + token)).join('')
  },
}

describe('a completions request', () => {
  test('asks chat to answer its prompt', () => {
    const { call } = read({
      temperature: 0.5,
      stop: ['\n'],
      seed: 7,
      models: ['b'],
      user: 'u',
      max_tokens: 50,
      top_k: 4,
    })
    expect(call).toMatchObject({ endpoint: 'chat', surface: 'completions', keyId: 'key_1', stream: false })
    expect(parsed(call.body)).toEqual({
      model: 'a',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0.5,
      stop: ['\n'],
      seed: 7,
      models: ['b'],
      user: 'u',
      max_tokens: 50,
      top_k: 4,
    })
  })

  test('keeps a long prompt', () => {
    const prompt = 'long '.repeat(5000)
    expect(parsed(read({ prompt }).call.body)).toMatchObject({ messages: [{ content: prompt }] })
  })

  test.each([
    ['one in an array', ['Hi'], 'Hi'],
    ['nothing', '', ''],
    ['tokens', [1, 2], 'ab'],
    ['tokens in an array', [[1, 2]], 'ab'],
  ])('may have %s as its prompt', (_, prompt, text) => {
    expect(read({ prompt }, { tokenizer }).call.outline.messages[0]?.content).toBe(text)
  })

  test.each([
    ['nothing', {}, 16],
    ['null', { max_tokens: null }, 16],
    ['none', { max_tokens: 0 }, 0],
    ['many', { max_tokens: 500 }, 500],
  ])('with %s said of its length gets so many tokens', (_, request, most) => {
    expect(read(request).call.outline.max_tokens).toBe(most)
  })

  test.each([
    { echo: false, suffix: '', best_of: 1, logprobs: null },
    { n: 3, best_of: 3 },
    { best_of: 2, n: 3 },
  ])('may say what changes nothing: %j', (request) => {
    expect(Object.keys(read(request).call.outline).toSorted()).toEqual(
      ['max_tokens', 'messages', 'model', ...('n' in request ? ['n'] : [])].toSorted(),
    )
  })

  test.each([
    [{ prompt: undefined }, 'missing_required_parameter', 'prompt'],
    [{ model: '' }, 'missing_required_parameter', 'model'],
    [{ prompt: [] }, 'invalid_value', 'prompt'],
    [{ prompt: 7 }, 'invalid_value', 'prompt'],
    [{ prompt: [null] }, 'invalid_value', 'prompt'],
    [{ prompt: [[]] }, 'invalid_value', 'prompt'],
    [{ prompt: [1.5] }, 'invalid_value', 'prompt'],
    [{ prompt: [[1], [99]] }, 'unsupported_parameter', 'prompt'],
    [{ prompt: [99] }, 'invalid_value', 'prompt'],
    [{ prompt: ['one', 'two'] }, 'unsupported_parameter', 'prompt'],
    [{ max_tokens: -1 }, 'invalid_value', 'max_tokens'],
    [{ n: 0 }, 'invalid_value', 'n'],
    [{ best_of: 2 }, 'unsupported_parameter', 'best_of'],
    [{ suffix: 'end' }, 'unsupported_parameter', 'suffix'],
    [{ echo: true }, 'unsupported_parameter', 'echo'],
    [{ logprobs: 0 }, 'unsupported_parameter', 'logprobs'],
    [{ tools: [] }, 'unsupported_parameter', 'tools'],
    [{ messages: [] }, 'unsupported_parameter', 'messages'],
    [{ max_completion_tokens: 5 }, 'unsupported_parameter', 'max_completion_tokens'],
    [{ stream: 'yes' }, 'invalid_value', 'stream'],
  ])('is refused: %j', (request, code, param) => {
    expect(thrownBy(() => read(request, { tokenizer }))).toMatchObject({
      code,
      param,
      message: expect.stringMatching(/\.$/),
    })
  })

  test('is refused when it holds tokens that nobody here can read', () => {
    expect(thrownBy(() => read({ prompt: [1, 2] }))).toMatchObject({ code: 'unsupported_parameter', param: 'prompt' })
  })
})

describe('a completion', () => {
  test('has the text of each choice, and the usage with its cost', () => {
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'One' }, logprobs: null, finish_reason: 'length' },
      { index: 1, message: { role: 'assistant', content: null, refusal: 'No' }, finish_reason: 'tool_calls' },
      { index: 2, message: null, finish_reason: null },
    ]
    const chat = completion({}, 'stop', { choices, usage, system_fingerprint: 'fp', service_tier: 'default' })
    expect(parsed(read({}).answer(bytes(chat)))).toEqual({
      id: 'chatcmpl-1',
      object: 'text_completion',
      created: 1_790_000_001,
      model: 'acme/fast',
      system_fingerprint: 'fp',
      choices: [
        { index: 0, text: 'One', logprobs: null, finish_reason: 'length' },
        { index: 1, text: 'No', logprobs: null, finish_reason: 'stop' },
        { index: 2, text: '', logprobs: null, finish_reason: 'stop' },
      ],
      usage,
    })
  })

  test('has an id, a time and a model though the upstream gave none', () => {
    expect(parsed(read({}).answer(bytes({ choices: [] })))).toEqual({
      id: `cmpl-${facts.id}`,
      object: 'text_completion',
      created: 1_790_000_000,
      model: 'a',
      choices: [],
    })
  })
})

describe('a streamed completion', () => {
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'hm' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }, 'stop'),
  ]

  test('has an event for each piece of text, then the end mark', () => {
    const events = told(read({ stream: true }), streamOf(chunks)) as { choices: unknown[] }[]
    expect(events.map((event) => event.choices?.[0] ?? event)).toEqual([
      { index: 0, text: 'Hel', logprobs: null, finish_reason: null },
      { index: 0, text: 'lo', logprobs: null, finish_reason: 'stop' },
      '[DONE]',
    ])
    expect(events[0]).toMatchObject({ id: 'chatcmpl-1', object: 'text_completion', model: 'acme/fast' })
  })

  test('tells usage to those who asked for it', () => {
    const { call } = read({ stream: true, stream_options: { include_usage: true } })
    expect([call.wantsUsage, read({ stream: true }).call.wantsUsage]).toEqual([true, false])
    const events = told(read({ stream: true }), streamOf([...chunks, usageChunk(usage)]))
    expect(events.at(-2)).toMatchObject({ object: 'text_completion', choices: [], usage })
  })

  test('tells several choices apart', () => {
    const events = told(read({ stream: true, n: 2 }), streamOf([chunk({ content: 'x' }, null, 1)]))
    expect(events[0]).toMatchObject({ choices: [{ index: 1, text: 'x' }] })
  })

  test('that breaks ends as one of chat does', () => {
    const dialect = read({ stream: true })
    told(dialect, streamOf(chunks, 'none'))
    expect(eventsIn(dialect.failure(new SpekaError('upstream_incomplete', 'It broke.')))).toEqual([
      { error: { message: 'It broke.', type: 'upstream_error', param: null, code: 'upstream_incomplete' } },
    ])
  })
})
