import { dataOf, doneFrame, jsonFrame } from '../bytes/frames.ts'
import { join } from '../bytes/splice.ts'
import type { Json } from '../json.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { mintRequestId } from '../uuid.ts'
import type { AnswerTail } from './attempt.ts'
import { budgetExhausted, hasEndedAtBound, mostSaid, saidTooMuch, toldAsExhausted, wordsOf } from './ended-at-bound.ts'

const call = writeChatCall(
  { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100, n: 2 },
  { id: mintRequestId(0), receivedAt: 0 },
)
const bound = { ...call, isBoundByBudget: true } as const

test('an answer has ended at the bound of a limit where that was set, and the answer is as long as it may be', () => {
  const facts = { usage: {}, finishReason: 'length' }
  expect(hasEndedAtBound(bound, facts)).toBe(true)
  expect(hasEndedAtBound(bound, { ...facts, finishReason: 'stop' })).toBe(false)
  expect(hasEndedAtBound(call, facts)).toBe(false)
  expect(budgetExhausted().code).toBe('budget_exhausted')
})

test('a stream that is cut off there is nobody’s fault but its limit’s, and is charged', () => {
  expect(saidTooMuch).toMatchObject({ class: 'cancelled', mayBeBilled: true, byCaller: true, code: 'budget_exhausted' })
})

test('a stream may be taken to say a quarter more than its bound, and 16 tokens, since they are counted roughly', () => {
  expect(mostSaid(bound)).toBe(200 * 1.25 + 16)
  expect(mostSaid(call)).toBe(Infinity)
})

type JsonTail = Extract<AnswerTail, { kind: 'json' }>

/** A whole answer, of which the gateway has changed the beginning. */
const tailOf = (answer: unknown): JsonTail => ({
  kind: 'json',
  body: Buffer.from(`theirs${JSON.stringify(answer)}`),
  edits: [{ start: 0, end: 'theirs'.length, text: '' }],
  usageJson: { prompt_tokens: 1 },
  usageAt: { start: 0, end: 1 },
  usageIsAsSent: true,
})

test.each<[dialect: string, answer: Json, reason: Json]>([
  [
    'chat, in each choice that was too long',
    { id: 'a', choices: [{ finish_reason: 'length', index: 0 }, { finish_reason: 'stop' }, null] },
    { choices: [{ finish_reason: 'budget_exhausted', index: 0 }, { finish_reason: 'stop' }, null] },
  ],
  [
    'responses',
    { id: 'a', incomplete_details: { reason: 'max_output_tokens', more: 1 } },
    { incomplete_details: { reason: 'budget_exhausted', more: 1 } },
  ],
  ['messages', { id: 'a', stop_reason: 'max_tokens' }, { stop_reason: 'budget_exhausted' }],
  ['none that says why', { id: 'a', choices: 5, incomplete_details: null, stop_reason: null }, {}],
])('a whole answer says why it ended as its dialect does: %s', (_, answer, reason) => {
  const { body, ...told } = toldAsExhausted(tailOf(answer)) as JsonTail
  expect(JSON.parse(Buffer.from(body).toString())).toEqual({ ...answer, ...reason })
  // It was written anew, so that nobody knows any more where its usage stands.
  expect(told).toEqual({ kind: 'json', edits: [], usageJson: { prompt_tokens: 1 }, usageIsAsSent: false })
})

test('what is no object is left as it is', () => {
  const tail = tailOf(['a'])
  expect(toldAsExhausted(tail)).toBe(tail)
})

const choice = (delta: unknown, more: Json = {}): Json => ({ index: 0, delta, finish_reason: 'length', ...more })
const chunk = (...choices: unknown[]): Buffer => jsonFrame({ id: 'c', choices })
const words = (...frames: Buffer[]): Json[] | undefined => {
  const said = wordsOf(frames)
  return said
    ? Buffer.from(join([said]))
        .toString()
        .split(/(?<=\n\n)/)
        .map((frame) => JSON.parse(String(dataOf(Buffer.from(frame)))) as Json)
    : undefined
}

describe('the last words of a stream', () => {
  test('are what it says besides that it is over', () => {
    const silent = [choice({}), choice({ content: '' }), choice({ content: null }), choice(null), null]
    expect(
      words(chunk(choice({ content: 'Hi' }), ...silent), chunk(choice({ tool_calls: [] })), Buffer.from(doneFrame)),
    ).toEqual([
      { id: 'c', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] },
      { id: 'c', choices: [{ index: 0, delta: { tool_calls: [] }, finish_reason: null }] },
    ])
  })

  test('are none where it says nothing', () => {
    const nothing = [jsonFrame({ id: 'c', usage: {} }), jsonFrame([1]), Buffer.from(': a comment\n\n')]
    expect(words(chunk(choice({ content: '' })), ...nothing, Buffer.from(doneFrame))).toBeUndefined()
  })
})
