import fc from 'fast-check'
import { jsonFrame } from '../../bytes/frames.ts'
import type { Json } from '../../json.ts'
import { chunk, eventsIn, streamOf, usage, usageChunk } from '../ask-chat.fake.ts'
import { isForeignThought } from './foreign-thought.ts'
import { told } from './accumulate.fake.ts'
import { answers, begun, chunksOf, goesOn, wholeOf } from './__fixtures__/any-answer.ts'
import { MessageStream } from './message-stream.ts'
import type { MessageEvent } from './shapes.ts'
import { ToolNames } from './tool-names.ts'
import { wholeMessage } from './whole-message.ts'

const long = `mcp__${'a'.repeat(100)}`
const names = new ToolNames([long])
const head = { id: 'msg_1', model: 'a', stops: ['END'], promptTokens: 10, names }

const events = (...chunks: object[]): MessageEvent[] =>
  eventsIn(new MessageStream(head).push(streamOf(chunks))) as MessageEvent[]
const said = (...chunks: object[]) => told(events(...chunks))

const tool = (index: number, name: string, input: unknown): object => ({
  type: 'tool_use',
  id: `call_${index}`,
  name,
  input,
})

describe('blocks do not overlap', () => {
  test('a call that begins before the one before it is whole waits for it', () => {
    const { content } = said(
      chunk({ role: 'assistant', content: 'Two. ' }),
      chunk(begun(0, 'f')),
      chunk(begun(1, 'g')),
      chunk(goesOn(0, '{"a":')),
      chunk(goesOn(1, '{"b":2')),
      chunk({ content: 'And more.' }),
      chunk(goesOn(0, '1}')),
      chunk(goesOn(1, '}')),
      chunk({}, 'tool_calls'),
    )
    expect(content).toEqual([
      { type: 'text', text: 'Two. ' },
      tool(0, 'f', { a: 1 }),
      tool(1, 'g', { b: 2 }),
      { type: 'text', text: 'And more.' },
    ])
  })

  test('a call that begins behind one that is whole is told at once', () => {
    const stream = new MessageStream(head)
    stream.push(streamOf([chunk(begun(0, 'f')), chunk(goesOn(0, '{"a":"}')), chunk(goesOn(0, '"}'))], 'none'))
    expect(eventsIn(stream.push(streamOf([chunk(begun(1, 'g', '{'))], 'none')))).toMatchObject([
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1 },
      { type: 'content_block_delta', delta: { partial_json: '{' } },
    ])
  })

  test('a call whose name comes behind its id and the beginning of its input begins with the name', () => {
    const { content } = said(
      chunk({ tool_calls: [{ index: 0, id: 'call_0', type: 'function', function: { arguments: '{"a"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: ':1' } }] }),
      chunk(goesOn(0, '}')),
      chunk({}, 'tool_calls'),
    )
    expect(content).toEqual([tool(0, 'f', { a: 1 })])
  })

  test('calls that never become whole are told as far as they came', () => {
    const kinds = events(chunk(begun(0, 'f', '{"a')), chunk(begun(1, 'g', '{"b')), chunk({}, 'length'))
    expect(kinds.map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      ...Array.from({ length: 2 }, () => ['content_block_start', 'content_block_delta', 'content_block_stop']).flat(),
      'message_delta',
      'message_stop',
    ])
  })
})

const piece = (text: string) => ({ type: 'reasoning.text', text, index: 0 })

describe('what a provider wants back stands in the signature of a thought', () => {
  const signature = { google: { thought_signature: 'Eg' } }

  test('before the call that it belongs to', () => {
    const { content } = said(chunk(begun(0, 'f', '{}', { extra_content: signature })), chunk({}, 'tool_calls'))
    expect(content).toMatchObject([{ type: 'thinking', thinking: '' }, tool(0, 'f', {})])
    expect(content.filter(isForeignThought)).toHaveLength(1)
  })

  test('behind the words of the thought, put together', () => {
    const { content } = said(
      chunk({ reasoning_content: 'Hm', reasoning_details: [piece('Hm')] }),
      chunk({ reasoning_content: '.', reasoning_details: [{ ...piece('.'), signature: 'Er' }] }),
      chunk({ content: 'Yes.' }, 'stop'),
    )
    expect(content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: expect.any(String) },
      { type: 'text', text: 'Yes.' },
    ])
  })
})

test.each([
  [{ finish_reason: 'stop' }, 'end_turn', null],
  [{ finish_reason: 'stop', stop_reason: 'END' }, 'stop_sequence', 'END'],
  [{ finish_reason: 'stop', matched_stop: 'END' }, 'stop_sequence', 'END'],
  [{ finish_reason: 'stop', stop_reason: 128_009 }, 'end_turn', null],
  [{ finish_reason: 'stop', stop_reason: 'not asked for' }, 'end_turn', null],
  [{ finish_reason: 'stop', native_finish_reason: 'pause_turn' }, 'pause_turn', null],
  [
    { finish_reason: 'length', native_finish_reason: 'model_context_window_exceeded' },
    'model_context_window_exceeded',
    null,
  ],
  [{ finish_reason: 'length', native_finish_reason: 'pause_turn' }, 'max_tokens', null],
  [{ finish_reason: 'content_filter' }, 'refusal', null],
  [{ finish_reason: 'of_the_future' }, 'end_turn', null],
])('%j is why it stopped by %s', (ends, stop_reason, stop_sequence) => {
  const last = { ...chunk({}), choices: [{ index: 0, delta: {}, ...ends }] }
  expect(events(chunk({ content: 'Hi' }), last).at(-2)).toMatchObject({ delta: { stop_reason, stop_sequence } })
  const whole = { choices: [{ index: 0, message: { content: 'Hi' }, ...ends }] }
  expect(wholeMessage(whole, head)).toMatchObject({ stop_reason, stop_sequence })
})

test('an answer that calls a tool stopped for its sake, whatever the word', () => {
  expect(said(chunk(begun(0, 'f', '{}')), chunk({}, 'stop')).stop_reason).toBe('tool_use')
})

test('a tool goes by the name that the caller knows, and an id has no signs that Anthropic refuses', () => {
  const { content } = said(
    chunk({
      tool_calls: [{ index: 0, id: 'functions.f:0', function: { name: names.forModel(long), arguments: '{}' } }],
    }),
    chunk({}, 'tool_calls'),
  )
  expect(content).toEqual([{ type: 'tool_use', id: expect.stringMatching(/^[\w-]+$/), name: long, input: {} }])
})

test('what went into the cache is counted apart, by how long it stays there', () => {
  const details = { cached_tokens: 3, cache_write_tokens: 5, cache_write_1h_tokens: 1 }
  const counted = { ...usage, prompt_tokens_details: details }
  const { usage: told } = said(chunk({ content: 'Hi' }, 'stop'), usageChunk(counted))
  expect(told).toMatchObject({
    input_tokens: 1,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 },
  })
})

test('counts that are known at the beginning are told there', () => {
  const [start] = events({ ...chunk({ content: 'Hi' }), usage: { ...usage, completion_tokens: 1 } }, chunk({}, 'stop'))
  expect(start).toMatchObject({ message: { usage: { input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 1 } } })
})

// Properties: any stream of chat is well-formed here, and says what the whole answer says.

test('any stream is well-formed, and says what the whole answer says, wherever it is cut', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 1, max: 400 }), (answer, cut) => {
      const bytes = streamOf(chunksOf(answer))
      const stream = new MessageStream(head)
      const pieces: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += cut) pieces.push(stream.push(bytes.subarray(at, at + cut)))
      expect(told(eventsIn(Buffer.concat(pieces)) as MessageEvent[])).toEqual(wholeMessage(wholeOf(answer), head))
    }),
  )
})

test('pieces like one before are told as they are spelled', () => {
  const frames = ['H\u00e9', ' "q"', ' \\n', ' \u{1f600}'].map((content) => jsonFrame(chunk({ content })))
  const stream = new MessageStream(head)
  stream.push(streamOf([chunk({ role: 'assistant', content: 'Oh' })], 'none'))
  const escaped = Buffer.from(String(jsonFrame(chunk({ content: 'x' }))).replace('"x"', String.raw`"\u00e9\/"`))
  const all = eventsIn(stream.push(Buffer.concat([...frames, escaped, ...frames]))) as MessageEvent[]
  const texts = all.map((event) => ('delta' in event ? (event.delta as Json)['text'] : event.type))
  expect(texts).toEqual(['Hé', ' "q"', ' \\n', ' \u{1f600}', 'é/', 'Hé', ' "q"', ' \\n', ' \u{1f600}'])
})
