import { SpekaError } from '../../errors.ts'
import { completeUsage } from '../../meter/estimate-usage.ts'
import { mintRequestId } from '../../uuid.ts'
import { inputsOf, readModerationCall, writeModerationCall, type ModerationCall } from './moderation-call.ts'
import { moderationOperation } from './moderation-operation.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const read = (request: object): ModerationCall => readModerationCall(Buffer.from(JSON.stringify(request)), facts)
const sent = ({ body }: ModerationCall): unknown => JSON.parse(String(Buffer.from(body)))
const most = (...parts: object[]): number => moderationOperation.mostInputTokens(read({ model: 'm', input: parts }))
const picture = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }

test('a request is read as it is, and written as it would be', () => {
  const request = { model: 'm', input: ['a', 'b'], user: 'u' }
  expect(read(request)).toMatchObject({ endpoint: 'moderation', stream: false, outline: request })
  expect(sent(read(request))).toEqual(request)
  expect(sent(writeModerationCall(request, facts))).toEqual(request)
})

test.each([{}, { model: null }])('without a model (%j) OpenAI’s usual one is asked, and the body says so', (no) => {
  const request = { ...no, input: 'a' }
  for (const call of [read(request), writeModerationCall(request as { input: string }, facts)]) {
    expect(call.outline.model).toBe('omni-moderation-latest')
    expect(sent(call)).toEqual({ model: 'omni-moderation-latest', input: 'a' })
    expect(call.scan.members.map(({ key }) => key).sort()).toEqual(['input', 'model'])
  }
})

test.each([
  ['no input', { model: 'm' }, 'input'],
  ['a number', { model: 'm', input: 7 }, 'input'],
  ['an empty list', { model: 'm', input: [] }, 'input'],
  ['a list that is half texts', { model: 'm', input: ['a', { type: 'text', text: 'b' }] }, 'input[1]'],
  ['a part without a type', { model: 'm', input: [{ text: 'a' }] }, 'input[0]'],
  ['a model that is no name', { model: 7, input: 'a' }, 'model'],
  ['a stream', { model: 'm', input: 'a', stream: true }, 'stream'],
])('%s is refused with the place', (_, request, param) => {
  expect(() => read(request)).toThrow(SpekaError)
  expect(() => read(request)).toThrow(expect.objectContaining({ param, status: 400 }))
})

test('two inputs are refused: one of them would be judged, and the other shown', () => {
  const body = Buffer.from('{"model":"m","input":"a","input":"b"}')
  expect(() => readModerationCall(body, facts)).toThrow(expect.objectContaining({ code: 'duplicate_parameter' }))
})

test.each([
  ['a text', 'a', 1],
  ['texts, one by one', ['a', 'b', 'c'], 3],
  ['parts, together', [{ type: 'text', text: 'a' }, picture], 1],
])('%s is judged as so many inputs', (_, input, inputs) => {
  expect(inputsOf(read({ model: 'm', input }))).toBe(inputs)
})

test('what a provider does not count is counted by the words, and marked', () => {
  const call = read({ model: 'm', input: 'I will never do such a thing again.' })
  const usage = completeUsage({}, call, () => 0)
  expect(usage).toMatchObject({ inputTokens: 9, estimated: true })
  expect(moderationOperation.usageJson(usage)).toEqual({ prompt_tokens: 9, total_tokens: 9, estimated: true })
})

test('a picture is allowed for, and a part that nobody knows may be anything', () => {
  expect(most(picture, picture) - most(picture)).toBeGreaterThan(1000)
  expect(most({ type: 'film', url: 'a' })).toBe(Infinity)
})
