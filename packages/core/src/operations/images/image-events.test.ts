import { dataOf, FrameCutter } from '../../bytes/frames.ts'
import { imageEvents, NO_TOKENS, withUsage } from './image-events.ts'

const png = 'iVBORw0KGgoAAAA'

function eventsOf(answer: object): unknown[] {
  const events: unknown[] = []
  const frames = imageEvents(Buffer.from(JSON.stringify(answer)))
  new FrameCutter().push(Buffer.concat(frames), (frame) => {
    const data = JSON.parse(String(dataOf(frame)))
    expect(frame.toString()).toMatch(new RegExp(`^event: ${data.type}\ndata: `))
    events.push(data)
  })
  return events
}

const usual = {
  type: 'image_generation.completed',
  created_at: 7,
  background: 'auto',
  quality: 'auto',
  size: 'auto',
  output_format: 'png',
}

test('an answer of one image is one event, with everything that OpenAI promises of it', () => {
  const usage = { ...NO_TOKENS, images: 1, cost: 0.01, cost_details: { total: '0.01' } }
  expect(eventsOf({ created: 7, usage, data: [{ b64_json: png, revised_prompt: 'A 🐈' }] })).toEqual([
    { ...usual, b64_json: png, revised_prompt: 'A 🐈', usage },
  ])
})

test('of several images the last says what all of them consumed, so that adding up is right', () => {
  const usage = { ...NO_TOKENS, total_tokens: 9, images: 3 }
  const events = eventsOf({ created: 7, usage, data: [{ b64_json: png }, { b64_json: png }, { b64_json: png }] })
  expect(events.map((event) => (event as { usage: object }).usage)).toEqual([NO_TOKENS, NO_TOKENS, usage])
})

test.each([
  { bytes: png, format: 'png' },
  { bytes: '/9j/4AAQ', format: 'jpeg' },
  { bytes: 'UklGRiQA', format: 'webp' },
  { bytes: 'R0lGODlh', format: 'png' },
])('an image that begins with $bytes is told of as $format', ({ bytes, format }) => {
  expect(eventsOf({ created: 7, data: [{ b64_json: bytes }] })).toEqual([
    { ...usual, output_format: format, b64_json: bytes, usage: NO_TOKENS },
  ])
})

test('what the upstream says of its images is passed on', () => {
  const told = { background: 'transparent', quality: 'high', size: '1536x864', output_format: 'webp' }
  expect(eventsOf({ created: 7, ...told, data: [{ b64_json: png }] })).toEqual([
    { ...usual, ...told, b64_json: png, usage: NO_TOKENS },
  ])
})

describe('the usage in an event', () => {
  const usage = { cost: 0.5 }

  test.each([
    {
      what: 'replaced',
      given: 'event: a\ndata: {"usage":{"x":1}, "b64_json":"a"}\n\n',
      found: 'event: a\ndata: {"usage":{"cost":0.5}, "b64_json":"a"}\n\n',
    },
    { what: 'added', given: 'data:{"b64_json":"a"}\n\n', found: 'data:{"usage":{"cost":0.5},"b64_json":"a"}\n\n' },
    {
      what: 'left alone in several lines',
      given: 'data: {"a":1,\ndata: "b":2}\n\n',
      found: 'data: {"a":1,\ndata: "b":2}\n\n',
    },
    { what: 'left alone in what is no object', given: 'data: [1]\n\n', found: 'data: [1]\n\n' },
    { what: 'left alone in a comment', given: ': speka\n\n', found: ': speka\n\n' },
  ])('is $what', ({ given, found }) => {
    expect(withUsage(Buffer.from(given), usage).toString()).toBe(found)
  })
})
