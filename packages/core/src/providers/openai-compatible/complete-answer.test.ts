import { join, splice } from '../../bytes/splice.ts'
import { dataOf } from '../../bytes/frames.ts'
import { readChatAnswer } from './chat-answer.ts'
import { ChatStreamTranslator, streamFromAnswer } from './chat-stream.ts'
import { usageAsOpenAI } from './usage-shape.ts'

const target = { model: 'lab/model', upstreamModel: 'up' }
const name = { id: 'chatcmpl-of-the-call', created: 1_790_000_000 }

/** What the caller gets of an answer. */
function answered(upstream: object): Record<string, unknown> {
  const body = Buffer.from(JSON.stringify(upstream))
  const { edits } = readChatAnswer({ status: 200, headers: {}, body }, target, name)
  return JSON.parse(join(splice(body, edits)).toString()) as Record<string, unknown>
}

/** What the caller gets of an event of a stream. */
function streamed(...upstream: readonly object[]): Record<string, unknown>[] {
  const seen: Record<string, unknown>[] = []
  const translator = new ChatStreamTranslator(target, name)
  for (const chunk of upstream) {
    translator.frame(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), (frame) => {
      if (frame.length > 0) seen.push(JSON.parse(String(dataOf(Buffer.from(frame)))) as Record<string, unknown>)
    })
  }
  return seen
}

const whole = {
  id: 'x',
  object: 'chat.completion',
  created: 7,
  model: 'lab/model',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hi', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
}

describe('an answer', () => {
  test('that has all that OpenAI requires stays as it is', () => {
    const body = Buffer.from(JSON.stringify(whole))
    expect(readChatAnswer({ status: 200, headers: {}, body }, target, name).edits).toEqual([])
  })

  test.each([
    { what: 'nothing but words', upstream: { choices: [{ message: { content: 'Hi' } }] }, head: {} },
    {
      what: 'no word on refusal and probabilities, as llama.cpp has it',
      upstream: {
        ...whole,
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      },
      head: { id: 'x', created: 7 },
    },
    {
      what: 'a time in fractions of a second, and no fingerprint',
      upstream: { ...whole, created: 7.9, system_fingerprint: null },
      head: { id: 'x', created: 7 },
    },
    {
      what: 'something else for a name',
      upstream: { ...whole, id: 5, object: 'text', created: '7' },
      head: {},
    },
    {
      what: 'nothing said of why it ended',
      upstream: { ...whole, choices: [{ ...whole.choices[0], finish_reason: '' }] },
      head: { id: 'x', created: 7 },
    },
  ])('gets what it lacks: $what', ({ upstream, head }) => {
    expect(answered(upstream)).toEqual({ ...whole, ...name, ...head })
  })

  test('that only calls tools has no words, and says so', () => {
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'add', arguments: '{}' } }]
    const [choice] = answered({ ...whole, choices: [{ message: { tool_calls } }] })['choices'] as object[]
    expect(choice).toMatchObject({
      message: { role: 'assistant', content: null, refusal: null, tool_calls },
      finish_reason: 'tool_calls',
    })
  })

  test('numbers its choices, and fills in half of what is known of probabilities', () => {
    const message = { role: 'assistant', content: 'Hi', refusal: null }
    const choice = { message, finish_reason: 'stop', logprobs: { content: [] } }
    expect(answered({ ...whole, choices: [choice, choice] })['choices']).toEqual(
      [0, 1].map((index) => ({ ...choice, index, logprobs: { content: [], refusal: null } })),
    )
  })

  test('goes by the same name when it is streamed by us', () => {
    const ids = new Set<unknown>()
    const upstream = { choices: [{ message: { content: 'Hi' } }], system_fingerprint: null }
    streamFromAnswer(Buffer.from(JSON.stringify(upstream)), target, name, (frame, _sees, facts) => {
      const data = dataOf(Buffer.from(frame))
      if (data !== undefined && data.toString() !== '[DONE]') {
        const chunk = JSON.parse(data.toString()) as Record<string, unknown>
        expect(chunk).toMatchObject({ object: 'chat.completion.chunk', created: name.created })
        expect(chunk).not.toHaveProperty('system_fingerprint')
        ids.add(chunk['id'])
      }
      if (facts?.id !== undefined) ids.add(facts.id)
    })
    expect([...ids]).toEqual([name.id])
  })
})

describe('an event of a stream', () => {
  const event = { id: 'x', object: 'chat.completion.chunk', created: 7, model: 'lab/model' }
  const delta = { role: 'assistant', content: 'Hi' }
  const full = { ...event, choices: [{ index: 0, delta, finish_reason: null }] }

  test.each([
    { what: 'no word on the end', upstream: { ...event, choices: [{ index: 0, delta }] } },
    { what: 'an empty word on the end', upstream: { ...event, choices: [{ index: 0, delta, finish_reason: '' }] } },
    { what: 'no number', upstream: { ...event, choices: [{ delta, finish_reason: null }] } },
    { what: 'a time in fractions of a second', upstream: { ...full, created: 7.25 } },
    { what: 'no fingerprint', upstream: { ...full, system_fingerprint: null } },
    { what: 'something else for what it is', upstream: { ...full, object: 'chat.completion' } },
  ])('gets what it lacks: $what', ({ upstream }) => {
    expect(streamed(upstream)).toEqual([full])
  })

  test('without a name has one, the same in all', () => {
    const bare = { choices: full.choices }
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    expect(streamed(bare, bare, last).map(({ id, created }) => ({ id, created }))).toEqual([name, name, name])
  })
})

test('details of usage are there, or not there', () => {
  const counts = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
  expect(usageAsOpenAI({ ...counts, prompt_tokens_details: null, completion_tokens_details: null })).toEqual(counts)
  const known = { ...counts, prompt_tokens_details: { cached_tokens: 1 } }
  expect(usageAsOpenAI(known)).toBe(known)
})
