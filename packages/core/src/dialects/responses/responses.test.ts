import fc from 'fast-check'
import { SpekaError } from '../../errors.ts'
import { keepAliveFrame } from '../../bytes/frames.ts'
import type { ResponseEvent, ResponseObject } from './shapes.ts'
import {
  bytes,
  chunk,
  completion,
  eventsIn,
  facts,
  parsed,
  streamOf,
  told,
  usage,
  usageChunk,
} from '../ask-chat.fake.ts'
import { readResponses } from './responses.ts'

const read = (request: object = {}) => readResponses(bytes({ model: 'a', input: 'Hi', ...request }), facts)
const answerTo = (chat: object, request: object = {}) => parsed(read(request).answer(bytes(chat))) as ResponseObject
const streamed = (...chunks: object[]) => told(read({ stream: true }), streamOf(chunks)) as ResponseEvent[]
const typesOf = (events: readonly unknown[]) => events.map((event) => (event as ResponseEvent).type ?? event)
const last = (events: readonly unknown[]) => (events.at(-2) as { response: ResponseObject }).response
const broke = new SpekaError('upstream_incomplete', 'It broke.')

/** The ids in an answer, by what stands there. */
const id = (prefix: string, index: number) => `${prefix}_${facts.id}_${index}`
const call = (index: number, name: string, given: string, callId = `call_${index}`) => ({
  index,
  id: callId,
  type: 'function',
  function: { name, arguments: given },
})

describe('a response', () => {
  test('has all that OpenAI promises, and what it cost', () => {
    expect(answerTo(completion({ content: 'Hello' }, 'stop', { usage, service_tier: 'default' }))).toEqual({
      id: `resp_${facts.id}`,
      object: 'response',
      created_at: 1_790_000_000,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      model: 'acme/fast',
      output: [
        {
          id: id('msg', 0),
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'default',
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: null,
      truncation: 'disabled',
      usage: {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
        output_tokens: 4,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 13,
        cost: 0.000013,
        cost_details: { total: '0.000013' },
      },
    })
  })

  test('repeats what was asked for', () => {
    const asked = {
      instructions: 'Be brief',
      max_output_tokens: 99,
      metadata: { trace: '1' },
      parallel_tool_calls: false,
      reasoning: { effort: 'low', summary: 'auto' },
      temperature: 0,
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      tool_choice: { type: 'function', name: 'f' },
      top_p: 0.5,
      user: 'u',
      safety_identifier: 's',
      prompt_cache_key: 'k',
    }
    const tools = [
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
      { type: 'function', name: 'g' },
    ]
    expect(answerTo(completion({ content: 'Hello' }), { ...asked, tools, store: true, user: 'u' })).toMatchObject({
      ...asked,
      store: false,
      tools: [
        { type: 'function', name: 'f', description: null, parameters: { type: 'object' }, strict: true },
        { type: 'function', name: 'g', description: null, parameters: null, strict: false },
      ],
    })
  })

  test('shows reasoning, words and calls in the order in which they were thought, said and made', () => {
    const { output } = answerTo(
      completion({
        content: 'Let me look.',
        reasoning_content: 'Hm.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      }),
    )
    expect(output).toEqual([
      { id: id('rs', 0), type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      expect.objectContaining({ id: id('msg', 1), status: 'completed' }),
      {
        id: id('fc', 2),
        type: 'function_call',
        status: 'completed',
        call_id: 'c1',
        name: 'f',
        arguments: '{"a":1}',
      },
      expect.objectContaining({ id: id('fc', 3), call_id: `call_${id('fc', 3)}`, name: 'g', arguments: '{}' }),
    ])
  })

  test('shows a refusal as one', () => {
    const { output } = answerTo(completion({ content: null, refusal: 'No.' }))
    expect(output).toMatchObject([{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }])
  })

  test.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('that ended by %s says that it is incomplete', (finishReason, reason) => {
    const toolCalls = [call(0, 'f', '{"a'), call(1, 'g', '{"b')]
    const response = answerTo(completion({ content: 'Once', tool_calls: toolCalls }, finishReason))
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason },
      output: [{ status: 'completed' }, { status: 'completed' }, { status: 'incomplete', arguments: '{"b' }],
    })
  })

  test.each([
    ['nothing at all', {}],
    ['no choice', { choices: [] }],
    ['another choice', { choices: [{ index: 1, message: { content: 'x' } }] }],
    ['no message', { choices: [{ index: 0 }] }],
    ['things of the wrong kind', completion({ content: 7, refusal: [], reasoning_content: {}, tool_calls: [null, 1] })],
  ])('is one with an empty text when chat says %s', (_, chat) => {
    expect(answerTo(chat)).toMatchObject({ output: [{ content: [{ type: 'output_text', text: '' }] }] })
  })

  test.each(['estimated', 'capped'])('says that its usage is %s', (mark) => {
    const counted = { ...usage, [mark]: true }
    expect(answerTo(completion({ content: 'x' }, 'stop', { usage: counted }))).toMatchObject({
      usage: { [mark]: true },
    })
    expect(answerTo(completion({ content: 'x' }, 'stop', { usage }))).not.toHaveProperty(['usage', mark])
  })

  test('has no usage when there is none to speak of', () => {
    expect(answerTo(completion({ content: 'x' }, 'stop', { usage: { prompt_tokens: 3 } }))).not.toHaveProperty('usage')
  })
})

const begun = ['response.created', 'response.in_progress']
const textEvents = (deltas: number) => [
  'response.output_item.added',
  'response.content_part.added',
  ...Array.from({ length: deltas }, () => 'response.output_text.delta'),
  'response.output_text.done',
  'response.content_part.done',
  'response.output_item.done',
]

describe('a streamed response', () => {
  test('tells of text as OpenAI does', () => {
    const events = streamed(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      usageChunk(usage),
    )
    expect(typesOf(events)).toEqual([...begun, ...textEvents(2), 'response.completed', '[DONE]'])
    const place = { item_id: id('msg', 0), output_index: 0, content_index: 0 }
    const whole = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }
    const item = { id: id('msg', 0), type: 'message', role: 'assistant' }
    expect(events.slice(2, -2)).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
        sequence_number: 2,
      },
      { type: 'response.content_part.added', ...place, part: { ...whole, text: '' }, sequence_number: 3 },
      { type: 'response.output_text.delta', ...place, delta: 'Hel', logprobs: [], sequence_number: 4 },
      { type: 'response.output_text.delta', ...place, delta: 'lo', logprobs: [], sequence_number: 5 },
      { type: 'response.output_text.done', ...place, text: 'Hello', logprobs: [], sequence_number: 6 },
      { type: 'response.content_part.done', ...place, part: whole, sequence_number: 7 },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', content: [whole] },
        sequence_number: 8,
      },
    ])
    expect(events[0]).toMatchObject({ response: { status: 'in_progress', output: [], model: 'acme/fast' } })
    expect(events[0]).not.toHaveProperty('response.usage')
    expect(last(events)).toMatchObject({ status: 'completed', usage: { total_tokens: 13, cost: 0.000013 } })
  })

  test('names each event by its type', () => {
    const frames = Buffer.from(read({ stream: true }).frames(streamOf([chunk({ content: 'Hi' }, 'stop')]))).toString()
    for (const frame of frames.split('\n\n').slice(0, -2)) expect(frame).toMatch(/^event: (\S+)\ndata: \{"type":"\1",/)
  })

  test('tells of reasoning as a summary, before the words', () => {
    const events = streamed(
      chunk({ reasoning_content: 'H' }),
      chunk({ reasoning_content: 'm.' }),
      chunk({ content: 'Yes' }, 'stop'),
    )
    expect(typesOf(events)).toEqual([
      ...begun,
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      ...textEvents(1),
      'response.completed',
      '[DONE]',
    ])
    expect(events[4]).toMatchObject({ item_id: id('rs', 0), output_index: 0, summary_index: 0, delta: 'H' })
    expect(events[6]).toMatchObject({ text: 'Hm.' })
    expect(events[8]).toMatchObject({ item: { summary: [{ type: 'summary_text', text: 'Hm.' }] } })
  })

  test('tells of a refusal in the message it belongs to', () => {
    const events = streamed(chunk({ content: 'Well, ' }), chunk({ refusal: 'No' }), chunk({ refusal: '.' }, 'stop'))
    expect(typesOf(events).slice(2)).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
      '[DONE]',
    ])
    expect(events[8]).toMatchObject({ item_id: id('msg', 0), content_index: 1, delta: 'No' })
    expect(last(events).output).toMatchObject([{ content: [{ text: 'Well, ' }, { refusal: 'No.' }] }])
  })

  test('tells of calls that grow side by side', () => {
    const events = streamed(
      chunk({ tool_calls: [call(0, 'f', ''), call(1, 'g', '{"b"')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
      chunk({
        tool_calls: [
          { index: 1, function: { arguments: ':2}' } },
          { index: 0, function: { arguments: ':1}' } },
        ],
      }),
      chunk({}, 'tool_calls'),
    )
    expect(typesOf(events)).toEqual([
      ...begun,
      'response.output_item.added',
      'response.output_item.added',
      ...Array.from({ length: 4 }, () => 'response.function_call_arguments.delta'),
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
      '[DONE]',
    ])
    expect(events[2]).toMatchObject({ item: { status: 'in_progress', call_id: 'call_0', name: 'f', arguments: '' } })
    expect(events[8]).toMatchObject({ item_id: id('fc', 0), name: 'f', arguments: '{"a":1}' })
    expect(last(events).output).toMatchObject([{ arguments: '{"a":1}' }, { arguments: '{"b":2}', status: 'completed' }])
  })

  test('begins a call when its name is known', () => {
    const events = streamed(
      chunk({ tool_calls: [{ index: 0, id: 'c' }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '}' } }] }, 'tool_calls'),
    )
    expect(events[2]).toMatchObject({ item: { name: 'f', call_id: 'c' } })
    expect(events[3]).toMatchObject({ delta: '{}' })
  })

  test('ends with response.incomplete when it was cut short', () => {
    const events = streamed(chunk({ content: 'Once' }, 'length'))
    expect(typesOf(events).slice(-2)).toEqual(['response.incomplete', '[DONE]'])
    expect(events.at(-3)).toMatchObject({ type: 'response.output_item.done', item: { status: 'incomplete' } })
    expect(last(events)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  })

  test('is whole without a finish reason or usage', () => {
    const events = streamed(chunk({ content: 'Hi' }))
    expect(last(events).status).toBe('completed')
    expect(last(events)).not.toHaveProperty('usage')
  })

  test('without any output has an empty text', () => {
    expect(typesOf(streamed(chunk({ role: 'assistant' }), chunk({}, 'stop')))).toEqual([
      ...begun,
      ...textEvents(0),
      'response.completed',
      '[DONE]',
    ])
  })

  test('heeds comments and other choices as little as clients do', () => {
    const dialect = read({ stream: true })
    const pieces = [Buffer.from(keepAliveFrame), streamOf([chunk({ content: 'x' }, null, 1)], 'none')]
    expect(typesOf(told(dialect, ...pieces))).toEqual(begun)
  })
})

describe('a streamed response that breaks', () => {
  test('ends with an error and response.failed, with what had come', () => {
    const dialect = read({ stream: true })
    const before = told(
      dialect,
      streamOf([chunk({ content: 'Hel' }), chunk({ tool_calls: [call(0, 'f', '{"a')] })], 'none'),
    )
    const end = eventsIn(dialect.failure(broke)) as ResponseEvent[]
    expect(end).toEqual([
      {
        type: 'error',
        code: 'upstream_incomplete',
        message: 'It broke.',
        param: null,
        error: { type: 'upstream_error', code: 'upstream_incomplete', message: 'It broke.', param: null },
        sequence_number: before.length,
      },
      expect.objectContaining({ type: 'response.failed', sequence_number: before.length + 1 }),
    ])
    expect((end[1] as { response: ResponseObject }).response).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'It broke.' },
      output: [
        { status: 'completed', content: [{ text: 'Hel' }] },
        { status: 'incomplete', arguments: '{"a' },
      ],
    })
  })

  test('keeps the words of a message that was not ended', () => {
    const dialect = read({ stream: true })
    told(dialect, streamOf([chunk({ content: 'Hel' })], 'none'))
    const [, failed] = eventsIn(dialect.failure(broke))
    expect(failed).toMatchObject({ response: { output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }] } })
  })

  test.each([
    ['rate_limit_exceeded', 'rate_limit_exceeded'],
    ['upstream_timeout', 'server_error'],
  ] as const)('by %s says so in the words that OpenAI has: %s', (code, told_) => {
    const [error, failed] = eventsIn(read({ stream: true }).failure(new SpekaError(code, 'Sorry.')))
    expect(error).toMatchObject({ code, sequence_number: 0 })
    expect(failed).toMatchObject({ response: { model: 'a', error: { code: told_, message: 'Sorry.' }, output: [] } })
  })
})

const words = fc.string({ maxLength: 4 })
const deltas = fc.oneof(
  fc.record({ content: words }),
  fc.record({ reasoning_content: words }),
  fc.record({ refusal: words }),
  fc.record({
    tool_calls: fc.array(
      fc.record(
        {
          index: fc.nat(2),
          id: fc.constantFrom('c1', ''),
          function: fc.record({ name: fc.constantFrom('f', ''), arguments: words }, { requiredKeys: [] }),
        },
        { requiredKeys: ['index'] },
      ),
      { maxLength: 3 },
    ),
  }),
)
const streams = fc.record({
  chunks: fc.array(deltas.map((delta) => chunk(delta))),
  finish: fc.constantFrom('stop', 'length', 'content_filter', 'tool_calls', null),
})

describe('whatever chat says', () => {
  test('the events are the same wherever the stream is split', () => {
    fc.assert(
      fc.property(streams, fc.infiniteStream(fc.integer({ min: 1, max: 200 })), ({ chunks, finish }, sizes) => {
        const chat = streamOf([...chunks, chunk({}, finish)])
        const pieces: Buffer[] = []
        for (let at = 0; at < chat.length;) {
          const size = sizes.next().value as number
          pieces.push(chat.subarray(at, at + size))
          at += size
        }
        expect(told(read({ stream: true }), ...pieces)).toEqual(told(read({ stream: true }), chat))
      }),
    )
  })

  test('the events are numbered, every item that is added is done, and the last event holds what the others told', () => {
    fc.assert(
      fc.property(streams, ({ chunks, finish }) => {
        const events = streamed(...chunks, chunk({}, finish))
        const own = events.slice(0, -1)
        expect(own.map((event) => event.sequence_number)).toEqual(own.map((_, index) => index))
        expect(assembled(own)).toEqual(last(events).output)
      }),
    )
  })

  test('a stream that breaks never looks finished', () => {
    fc.assert(
      fc.property(streams, ({ chunks, finish }) => {
        const dialect = read({ stream: true })
        const chat = streamOf([...chunks, ...(finish === null ? [] : [chunk({}, finish)])], 'none')
        const events = [...told(dialect, chat), ...eventsIn(dialect.failure(broke))]
        const types = typesOf(events)
        expect(types.slice(-2)).toEqual(['error', 'response.failed'])
        for (const end of ['response.completed', 'response.incomplete', '[DONE]']) expect(types).not.toContain(end)
      }),
    )
  })
})

/** The output as a client puts it together from events, each held against what came before. */
function assembled(events: readonly ResponseEvent[]): unknown[] {
  const items: { done?: unknown; parts: string[]; given: string }[] = []
  for (const event of events) {
    if (!('output_index' in event)) continue
    const item = items[event.output_index]
    if (event.type === 'response.output_item.added') {
      expect(event.output_index).toBe(items.length)
      items.push({ parts: [], given: '' })
      continue
    }
    if (item === undefined) throw new Error(`${event.type} of an item that was not added`)
    expect(item.done).toBeUndefined()
    switch (event.type) {
      case 'response.content_part.added':
        expect(event.content_index).toBe(item.parts.length)
        item.parts.push('')
        break
      case 'response.reasoning_summary_part.added':
        expect(event.summary_index).toBe(item.parts.length)
        item.parts.push('')
        break
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.reasoning_summary_text.delta':
        item.parts[item.parts.length - 1] += event.delta
        break
      case 'response.output_text.done':
      case 'response.reasoning_summary_text.done':
        expect(event.text).toBe(item.parts.at(-1))
        break
      case 'response.refusal.done':
        expect(event.refusal).toBe(item.parts.at(-1))
        break
      case 'response.function_call_arguments.delta':
        item.given += event.delta
        break
      case 'response.function_call_arguments.done':
        expect(event.arguments).toBe(item.given)
        break
      case 'response.output_item.done':
        item.done = event.item
    }
  }
  return items.map(({ done }) => done)
}
