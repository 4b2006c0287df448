import { FrameCutter, typedFrame } from '../../bytes/frames.ts'
import { SpekaError } from '../../errors.ts'
import { messagesApi } from '../anthropic/messages-api.ts'
import { responsesApi } from '../openai/responses-api.ts'
import { Sees, type TranslationTarget } from '../provider.ts'
import type { NativeApi } from './native-api.ts'
import { PassThroughStream } from './pass-through-stream.ts'

const target: TranslationTarget = { model: 'mine', upstreamModel: 'up' }

/** What goes through, and what was seen in it; frames come as one read from the network. */
function through(api: NativeApi, frames: string, more: Partial<TranslationTarget> = {}) {
  const stream = new PassThroughStream(api, { ...target, ...more })
  const seen: number[] = []
  let text = ''
  const emit = (frame: Uint8Array, sees: number): void => {
    text += Buffer.from(frame).toString()
    seen.push(sees)
  }
  const cutter = new FrameCutter()
  cutter.push(
    Buffer.from(frames),
    (frame) => stream.frame(frame, emit),
    (chunk, start) => stream.run(chunk, start, emit),
  )
  return { stream, text, seen }
}

const delta = (words: string, number: number): string =>
  typedFrame({ type: 'response.output_text.delta', sequence_number: number, delta: words }).toString()
const block = (more: object): string => typedFrame({ type: 'content_block_delta', index: 0, ...more }).toString()

test('words after the first are handed on together, and counted by their length', () => {
  const words = Array.from({ length: 8 }, (_, index) => delta('eight by', index)).join('')
  const { stream, text, seen } = through(responsesApi, `: a comment\n\n${words}`)
  expect(text).toBe(words)
  expect(seen).toEqual([Sees.Output, Sees.Output])
  expect(stream.outputTokens).toBe(16)
})

const hidden = (words: string, number: number, item = 'msg_1'): string =>
  typedFrame({
    type: 'response.output_text.delta',
    sequence_number: number,
    item_id: item,
    delta: words,
    obfuscation: 'x'.repeat(number % 17),
  }).toString()

test('padding goes through as it came, and is not counted', () => {
  const words = Array.from({ length: 40 }, (_, index) => hidden('eight by', index)).join('')
  const { stream, text, seen } = through(responsesApi, words)
  expect(text).toBe(words)
  expect(seen).toEqual([Sees.Output, Sees.Output])
  expect(stream.outputTokens).toBe(80)
})

test('nor is that of another item, whose words begin in the middle of the stream', () => {
  const words = ['msg_1', 'msg_2'].map((item) =>
    Array.from({ length: 34 }, (_, index) => hidden('eight by', index, item)).join(''),
  )
  expect(through(responsesApi, words.join('')).stream.outputTokens).toBe(136)
})

test('the last of several events is told to who ends a stream that broke off', () => {
  const { stream } = through(responsesApi, hidden('a', 7) + hidden('b', 8) + hidden('c', 9))
  const end = stream.ownEnd.broken(new SpekaError('upstream_incomplete', 'It broke off.'), 'req_1')
  expect(Buffer.from(end).toString()).toContain('"sequence_number":10')
})

const done = (more: string): string =>
  `event: response.output_text.done\ndata: {"type":"response.output_text.done",${more}}\n\n`

test('what tells once more what was told in pieces goes on unread, once anything was said', () => {
  const { text, seen } = through(responsesApi, delta('Hi', 0) + done('"text":not JSON') + delta('Ho', 1))
  expect(text).toBe(delta('Hi', 0) + done('"text":not JSON') + delta('Ho', 1))
  expect(seen).toEqual([Sees.Output, Sees.Nothing, Sees.Output])
  expect(through(responsesApi, done('"text":"Hi"')).seen).toEqual([Sees.Output])
  expect(through(responsesApi, done('"text":not JSON')).seen).toEqual([Sees.Failure])
})

test('what says nothing goes on unread, before anything was said too', () => {
  const ping = typedFrame({ type: 'ping' }).toString()
  const stop = typedFrame({ type: 'content_block_stop', index: 0 }).toString()
  const { stream, text, seen } = through(
    messagesApi,
    `: a comment\n\n${ping}${stop}${block({ delta: { type: 'text_delta', text: 'Hi' } })}`,
  )
  expect(text).toContain(ping + stop)
  expect(seen).toEqual([Sees.Nothing, Sees.Nothing, Sees.Output])
  expect(stream.outputTokens).toBe(1)
})

/** As Anthropic pads its events. */
const blanked = (frame: string, blanks: number): string => frame.replace(/}\n\n$/, `${' '.repeat(blanks)}}\n\n`)

test.each([
  ['has some', [2, 0, 15, 7, 0, 9]],
  ['has none', [0, 15, 3, 0, 12, 1]],
])('blanks before the last brace are not counted as words, whether or not the first event %s', (_, many) => {
  const words = many.map((blanks) => blanked(block({ delta: { type: 'text_delta', text: 'eight by' } }), blanks))
  const { stream, text } = through(messagesApi, words.join(''))
  expect(text).toBe(words.join(''))
  expect(stream.outputTokens).toBe(2 * many.length)
})

test('a ping goes on unread as Anthropic spells it', () => {
  expect(through(messagesApi, 'event: ping\ndata: {"type": "ping", not JSON}\n\n').seen).toEqual([Sees.Nothing])
})

const start = (model: string): string =>
  typedFrame({ type: 'message_start', message: { id: 'msg_1', model, usage: { input_tokens: 1 } } }).toString()

test.each(['mine', 'up'])('whoever answered as %s is called what the caller knows', (model) => {
  expect(through(messagesApi, start(model)).text).toBe(start('mine'))
})

test('a signature is no words', () => {
  const words = block({ delta: { type: 'text_delta', text: 'Hi' } })
  const signature = block({ delta: { type: 'signature_delta', signature: 'E'.repeat(4000) } })
  const { stream, text } = through(messagesApi, words + signature + words)
  expect(text).toBe(words + signature + words)
  expect(stream.outputTokens).toBe(2)
})

test.each([
  ['without the name of its event', 'data: {"type":"response.output_text.delta","delta":"Hi"}\n\n'],
  [
    'with spaces in its JSON',
    'event: response.output_text.delta\ndata: { "type" : "response.output_text.delta", "delta" : "Hi" }\n\n',
  ],
  ['that nobody here knows', 'event: new\ndata: {"type":"new","delta":{"of":"words"}}\n\n'],
  [
    'with a field more',
    'event: response.output_text.delta\nid: 7\ndata: {"type":"response.output_text.delta","delta":"Hi"}\n\n',
  ],
])('an event %s goes through as it is', (_, frame) => {
  const { text, seen } = through(responsesApi, frame + frame)
  expect(text).toBe(frame + frame)
  expect(seen).toEqual([Sees.Output, Sees.Output])
})

test('an event that is cut into several lines is put into one, where it can be mended', () => {
  const { text } = through(responsesApi, 'data: {"type":"response.created",\ndata: "response":{"model":"up"}}\n\n')
  expect(text).toBe('event: response.created\ndata: {"type":"response.created","response":{"model":"mine"}}\n\n')
})

test("what follows an end mark is nobody's", () => {
  const { text, seen } = through(responsesApi, `${delta('Hi', 0)}data: [DONE]\n\n${delta('Ho', 1)}`)
  expect(text).toBe(delta('Hi', 0))
  expect(seen).toEqual([Sees.Output, Sees.Done])
})

test.each([
  ['the beginning', typedFrame({ type: 'response.created', response: { id: 'resp_1', model: 'mine' } })],
  ['the end', typedFrame({ type: 'response.completed', response: { id: 'resp_1', model: 'mine', output: [] } })],
])('what the upstream keeps leaves under a sealed id, at %s', (_, frame) => {
  const { stream, text } = through(responsesApi, frame.toString(), { seal: (id) => `sealed_${id}` })
  const whole = text + Buffer.concat(stream.ownEnd.whole({ usageJson: undefined, cost: {} })).toString()
  expect(whole).toBe(frame.toString().replace('resp_1', 'sealed_resp_1'))
})

const begun = { id: 'resp_1', model: 'up', status: 'in_progress', previous_response_id: null }
const toldAs = (type: string, response: object, number: number): string =>
  typedFrame({ type, sequence_number: number, response }).toString()
const sealed = (id: string): string => `sealed_${id}`
const renamed = (frames: string): string =>
  frames.replaceAll('"resp_1"', '"sealed_resp_1"').replaceAll('"up"', '"mine"')

describe('a head that is told again', () => {
  test.each([
    ['as it was', begun],
    ['otherwise', { ...begun, status: 'queued' }],
    ['of another response', { ...begun, id: 'resp_2' }],
  ])('%s goes by the names of the caller', (_, again) => {
    const frames = toldAs('response.created', begun, 0) + toldAs('response.in_progress', again, 1)
    expect(through(responsesApi, frames, { seal: sealed }).text).toBe(
      renamed(frames).replace('"resp_2"', '"sealed_resp_2"'),
    )
  })

  test('goes through as it came where nothing of it has to differ', () => {
    const frames = toldAs('response.created', begun, 0) + toldAs('response.in_progress', begun, 1)
    expect(through(responsesApi, frames, { model: 'up' }).text).toBe(frames)
  })

  test('is taken for one by its type, not by how an event ends', () => {
    const ended = toldAs('response.completed', { ...begun, status: 'in_progress' }, 1)
    expect(through(responsesApi, toldAs('response.created', begun, 0) + ended, { seal: sealed }).seen).toEqual([
      Sees.Nothing,
      Sees.Failure,
    ])
  })
})

test('a stream that broke off goes on with its numbers, and keeps what its answer began with', () => {
  const created = typedFrame({
    type: 'response.created',
    sequence_number: 0,
    response: { id: 'resp_1', model: 'up', previous_response_id: 'resp_0', tools: [] },
  })
  const frames = created.toString() + delta('Hi', 1) + delta('Ho', 2)
  const { stream } = through(responsesApi, frames, { seal: (id) => `sealed_${id}` })
  const failure = Buffer.from(
    stream.ownEnd.broken(new SpekaError('upstream_incomplete', 'It broke.'), 'req_1'),
  ).toString()
  expect(failure).toMatch(/^event: error\n.*"sequence_number":3}\n\nevent: response\.failed\n/)
  expect(failure).toContain(
    '"id":"sealed_resp_1","model":"mine","previous_response_id":"sealed_resp_0","tools":[],"status":"failed"',
  )
})

const ended = (response: string): string =>
  `event: response.completed\ndata: {"type":"response.completed","sequence_number":1,"response":${response}}\n\n`

describe('an end that holds the whole answer', () => {
  const echo = '"tools":[{"type":"function","name":"look"}],"metadata":{"id":"resp_1","model":"up"}'
  const output = '"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]'
  const usage = '"usage":{"input_tokens":3,"output_tokens":1}'

  test('is changed where it names the answer and tells its usage, and nowhere else', () => {
    const frames = delta('Hi', 0) + ended(`{"id":"resp_1","model":"up",${echo},${output},${usage}}`)
    const { stream, seen } = through(responsesApi, frames, { seal: sealed })
    const whole = Buffer.concat(stream.ownEnd.whole({ usageJson: undefined, cost: { cost: 0.5 } })).toString()
    expect(whole).toBe(
      ended(
        `{"id":"sealed_resp_1","model":"mine",${echo},${output},"usage":{"input_tokens":3,"output_tokens":1,"cost":0.5}}`,
      ),
    )
    expect(seen).toEqual([Sees.Output, Sees.Finish | Sees.Usage, Sees.Done])
  })

  test.each([
    ['is cut within what was said', `{"id":"resp_1",${output.slice(0, -20)}`],
    ['has an output that is no JSON', `{"id":"resp_1","output":[}],${usage}}`],
    ['has a status that is no JSON', `{"id":"resp_1","status":completed,${output}}`],
    ['has a usage that is no JSON', `{"id":"resp_1",${output},"usage":{"input_tokens":}}`],
    ['has no commas', `{"id":"resp_1" ${output} ${usage}}`],
    ['goes on behind its object', `{"id":"resp_1",${output}}]`],
  ])('and that %s is none', (_, response) => {
    const { stream, seen } = through(responsesApi, delta('Hi', 0) + ended(response), { seal: sealed })
    expect(seen).toEqual([Sees.Output, Sees.Failure])
    expect(stream.ownEnd.whole({ usageJson: undefined, cost: {} })).toEqual([])
  })

  test.each([
    ['failed', '"status":"failed"'],
    ['failed, told twice', '"status":"completed","status":"failed"'],
    ['has an error', '"error":{"code":"server_error","message":"It broke."}'],
  ])('and that %s ends badly', (_, told) => {
    expect(through(responsesApi, delta('Hi', 0) + ended(`{"id":"resp_1",${told},${output}}`)).seen).toEqual([
      Sees.Output,
      Sees.Failure,
    ])
  })
})
