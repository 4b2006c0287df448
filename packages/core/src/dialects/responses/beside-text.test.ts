import type { ResponseEvent, ResponseObject } from './shapes.ts'
import { bytes, chunk, completion, facts, parsed, streamOf, told } from '../ask-chat.fake.ts'
import { readResponses } from './responses.ts'

// What an answer has beside its words: the sources they rest on, and pictures.

const read = (request: object = {}) => readResponses(bytes({ model: 'a', input: 'Hi', ...request }), facts)
const answerTo = (message: object) => parsed(read().answer(bytes(completion(message)))) as ResponseObject
const streamed = (...chunks: object[]) =>
  told(read({ stream: true }), streamOf(chunks)).filter((event): event is ResponseEvent => event !== '[DONE]')
const last = (events: readonly ResponseEvent[]) => (events.at(-1) as { response: ResponseObject }).response

const source = { start_index: 0, end_index: 2, url: 'https://a.example', title: 'A' }
const chatSource = { type: 'url_citation', url_citation: source }
const citation = { type: 'url_citation', ...source }
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
const shown = {
  id: `ig_${facts.id}_1`,
  type: 'image_generation_call',
  status: 'completed',
  result: 'iVBORw0KGgo=',
}

test('sources stand beside the text that rests on them', () => {
  const { output } = answerTo({ content: 'Hi', annotations: [chatSource, null, { type: 'file_path', file_id: 'f' }] })
  expect(output).toMatchObject([
    { content: [{ text: 'Hi', annotations: [citation, { type: 'file_path', file_id: 'f' }] }] },
  ])
})

test.each([
  { when: 'with the words', chunks: [chunk({ content: 'Hi', annotations: [chatSource] }, 'stop')] },
  { when: 'after them', chunks: [chunk({ content: 'Hi' }), chunk({ annotations: [chatSource] }, 'stop')] },
  { when: 'before them', chunks: [chunk({ annotations: [chatSource] }), chunk({ content: 'Hi' }, 'stop')] },
  {
    when: 'after a call',
    chunks: [
      chunk({ content: 'Hi' }),
      chunk({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }),
      chunk({ annotations: [chatSource] }, 'tool_calls'),
    ],
  },
])('a stream tells of a source that comes $when, once', ({ chunks }) => {
  const events = streamed(...chunks)
  expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toEqual([
    {
      type: 'response.output_text.annotation.added',
      item_id: `msg_${facts.id}_0`,
      output_index: 0,
      content_index: 0,
      annotation_index: 0,
      annotation: citation,
      sequence_number: expect.any(Number),
    },
  ])
  expect(last(events).output[0]).toMatchObject({ content: [{ text: 'Hi', annotations: [citation] }] })
})

test('sources without a text are dropped with it', () => {
  expect(answerTo({ content: null, annotations: 'x' }).output).toMatchObject([{ content: [{ annotations: [] }] }])
})

test('a picture is an item of its own', () => {
  expect(answerTo({ content: 'Here', images: [picture, 7, {}] }).output).toMatchObject([{ type: 'message' }, shown])
})

test('a stream tells of a picture', () => {
  const events = streamed(chunk({ content: 'Here' }), chunk({ images: [picture] }), chunk({ content: '!' }, 'stop'))
  const place = { item_id: shown.id, output_index: 1 }
  expect(events.filter((event) => 'output_index' in event && event.output_index === 1)).toMatchObject([
    { type: 'response.output_item.added', item: { ...shown, status: 'in_progress', result: null } },
    { type: 'response.image_generation_call.completed', ...place },
    { type: 'response.output_item.done', item: shown },
  ])
  expect(last(events).output).toMatchObject([{ type: 'message' }, shown, { type: 'message' }])
})

test('the address of a picture is told in words', () => {
  const far = { type: 'image_url', image_url: { url: 'https://a.example/1.png' } }
  expect(answerTo({ content: '', images: [far] }).output).toMatchObject([
    { content: [{ text: 'https://a.example/1.png' }] },
  ])
})

test('a picture that is sent back belongs to the turn it was made in', () => {
  const user = { role: 'user', content: 'Draw' }
  const words = { role: 'assistant', content: [{ type: 'output_text', text: 'Here', annotations: [] }] }
  const { messages } = parsed(read({ input: [user, words, shown, user] }).call.body) as { messages: unknown[] }
  expect(messages).toEqual([user, { role: 'assistant', content: 'Here', images: [picture] }, user])
})
