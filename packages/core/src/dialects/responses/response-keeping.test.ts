import { SpekaError } from '../../errors.ts'
import { bytes, facts, parsed, streamOf } from '../ask-chat.fake.ts'
import type { ResponseKeeping } from './response-keeping.ts'
import { readResponses } from './responses.ts'

interface Kept {
  readonly response: Readonly<Record<string, unknown>>
  readonly input: string
}

let kept: Kept[]
/** Lets go of whoever waits for what was kept. */
let settle: (isKept: boolean) => void
const keeping: ResponseKeeping = {
  id: 'resp_sealed',
  before: 'resp_before',
  hasOwnItems: true,
  keep(response, input) {
    kept.push({ response: structuredClone(response) as never, input: Buffer.from(input).toString() })
    return new Promise((resolve) => {
      settle = resolve
    })
  },
}
beforeEach(() => {
  kept = []
})

const asked = (more: object = {}) => readResponses(bytes({ model: 'a', input: 'Hi', ...more }), facts, {}, keeping)

const completion = bytes({
  model: 'a',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
})
const begun = streamOf([{ model: 'a', choices: [{ index: 0, delta: { content: 'Hel' } }] }], 'none')
const ended = streamOf([{ choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }] }])

test.each([true, false])('a whole answer says whether it was kept: %s', async (isKept) => {
  const told = asked().last?.(completion)
  settle(isKept)
  const response = parsed((await told) ?? new Uint8Array()) as Record<string, unknown>
  expect(response).toMatchObject({ id: 'resp_sealed', previous_response_id: 'resp_before', store: isKept })
  expect(kept).toEqual([{ response: { ...response, store: true }, input: '"Hi"' }])
})

test.each([true, false])('a stream’s end waits to be kept, and says so: %s', async (isKept) => {
  const dialect = asked({ stream: true })
  const first = Buffer.from(dialect.frames(begun)).toString()
  expect(first).toContain('"id":"resp_sealed"')
  let rest: string | undefined
  const told = dialect.last?.(ended).then((end) => {
    rest = Buffer.from(end).toString()
  })
  await Promise.resolve()
  expect([kept.length, rest]).toEqual([1, undefined])
  settle(isKept)
  await told
  expect(rest).toMatch(/event: response\.completed\ndata: .*\n\ndata: \[DONE\]\n\n$/)
  expect(rest).toContain(`"store":${isKept}`)
  expect(kept[0]?.response).toMatchObject({ status: 'completed', output: [{ content: [{ text: 'Hello' }] }] })
})

test('what breaks is kept by nobody, and says so', () => {
  const dialect = asked({ stream: true })
  dialect.frames(begun)
  const failed = Buffer.from(dialect.failure(new SpekaError('upstream_error', 'It broke.'))).toString()
  expect(failed).toMatch(/response\.failed.*"store":false/s)
  expect(kept).toEqual([])
})

test('who says "store": false has nothing kept, and goes on with what was', () => {
  const dialect = asked({ store: false })
  expect(dialect.last).toBeUndefined()
  expect(parsed(dialect.answer(completion))).toMatchObject({
    id: `resp_${facts.id}`,
    previous_response_id: 'resp_before',
    store: false,
  })
})

test('what is asked to be stored is left out of chat, and named where nobody keeps it', () => {
  expect(asked({ store: true }).call.leftOut).toEqual([])
  expect(readResponses(bytes({ model: 'a', input: 'Hi', store: true }), facts).call.leftOut).toEqual(['store'])
})

test('a target that keeps responses is told a conversation of ours without ids and what it cannot read', () => {
  const input = [
    { role: 'user', content: 'Hi' },
    { id: 'rs_1', type: 'reasoning', summary: [] },
    { id: 'rs_2', type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
    { id: 'msg_1', type: 'message', role: 'assistant', content: 'Hello' },
    { id: 'fc_1', type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { id: 'fco_1', type: 'function_call_output', call_id: 'c', output: 'x'.repeat(100_000) },
    { id: 'ig_1', type: 'image_generation_call', result: 'AAAA' },
  ]
  const told = (of?: ResponseKeeping) =>
    (
      parsed(readResponses(bytes({ model: 'a', input }), facts, {}, of).call.native?.body ?? new Uint8Array()) as {
        input: { id?: string; output?: string }[]
      }
    ).input
  expect(told(keeping).map(({ id }) => id)).toEqual([undefined, 'rs_2', undefined, undefined, undefined, 'ig_1'])
  expect(told(keeping)[4]?.output).toHaveLength(100_000)
  // What a caller sends by himself goes through as it is.
  expect(told()).toEqual(input)
  expect(told({ ...keeping, hasOwnItems: false })).toEqual(input)
})
