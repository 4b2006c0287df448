import { readModerationCall, type ModerationCall } from '../operations/moderation/moderation-call.ts'
import { mintRequestId } from '../uuid.ts'
import { BadReplyError } from './bad-reply.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import type { Answer, Provider } from './provider.ts'
import { target } from './run-provider.contract.ts'

interface ModerationFixtures {
  /** What it says of a text that is fine and of one that is not. */
  readonly results: readonly object[]
  /** Whether it takes fields that OpenAI does not name. */
  readonly takesAll: boolean
}

const likeOpenAI: ModerationFixtures = {
  results: [
    { flagged: false, categories: { violence: false }, category_scores: { violence: 0.01 } },
    { flagged: true, categories: { violence: true }, category_scores: { violence: 0.98 } },
  ],
  takesAll: true,
}

const suites: Partial<Record<ProviderType, ModerationFixtures>> = {
  openai: likeOpenAI,
  'openai-compatible': likeOpenAI,
  speka: likeOpenAI,
  sandbox: likeOpenAI,
  // It tells of categories alone (docs.mistral.ai, "Moderation").
  mistral: {
    results: [
      { categories: { sexual: false, violence_and_threats: false }, category_scores: { violence_and_threats: 0.001 } },
      { categories: { sexual: false, violence_and_threats: true }, category_scores: { violence_and_threats: 0.999 } },
    ],
    takesAll: false,
  },
}

const types = Object.keys(knownProviders) as ProviderType[]
const input = ['Have a nice day.', 'I will kill you.']
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

test('every provider that judges texts is held to it here, and no other says that it does', () => {
  const offering = types.filter((type) => (knownProviders[type].adapter as Provider).moderation !== undefined)
  expect(offering.toSorted()).toEqual(Object.keys(suites).toSorted())
})

describe.each(Object.entries(suites))('%s', (type, { results, takesAll }) => {
  test('is asked with what it takes, and what it does not take is named', () => {
    const call = callOf({ model: 'a', input, user: 'u', metadata: { a: 'b' } })
    const request = sentBy(type, call)
    expect(request.path).toBe('/moderations')
    const own = takesAll ? { user: 'u', ...(type === 'speka' && { metadata: { a: 'b' } }) } : {}
    expect(request.body).toEqual({ model: 'upstream-model', input, ...own })
    expect(operationOf(type).unsupported?.(call, target) ?? []).toEqual(takesAll ? [] : ['user'])
  })

  test('answers in OpenAI’s shape under the name that was asked for', () => {
    const { answer, body } = read(type, { id: 'modr-1', model: 'upstream-model', results })
    expect(body).toMatchObject({
      id: 'modr-1',
      results: results.map((result, at) => ({ ...result, flagged: at === 1 })),
    })
    // Another gateway knows which of its models answered.
    expect(body.model).toBe(type === 'speka' ? 'upstream-model' : 'lab/model')
    expect(answer.usage).toEqual({})
  })

  test('is believed what it counts', () => {
    const { answer, body } = read(type, { id: 'm', results, usage: { prompt_tokens: 11, total_tokens: 11 } })
    expect(answer.usage).toEqual({ inputTokens: 11, outputTokens: 0 })
    expect(answer.usageJson).toEqual({ prompt_tokens: 11, total_tokens: 11 })
    expect(body).not.toHaveProperty('usage')
  })

  test('has an answer without an id named after its request', () => {
    expect(read(type, { results }).body.id).toMatch(/^modr-./)
  })

  test.each([
    ['one result too few', results.slice(1)],
    ['one too many', [...results, ...results.slice(1)]],
    ['a result that says nothing', [results[0], {}]],
    ['none', undefined],
  ])('fails when there is %s', (_, told) => {
    expect(() => read(type, { id: 'm', results: told })).toThrow(BadReplyError)
  })
})

test('parts are one input, and go to OpenAI as they are', () => {
  const parts = [{ type: 'text', text: 'a' }, picture]
  const call = callOf({ model: 'a', input: parts })
  expect(sentBy('openai', call).body).toEqual({ model: 'upstream-model', input: parts })
  expect(answerTo('openai', call, { results: likeOpenAI.results.slice(1) }).body.length).toBeGreaterThan(0)
})

test('parts that are texts are one text for Mistral, however long, and a picture is refused with its place', () => {
  const long = 'word '.repeat(5000)
  const texts = callOf({
    model: 'a',
    input: [
      { type: 'text', text: 'a' },
      { type: 'text', text: long },
    ],
  })
  expect(sentBy('mistral', texts).body).toEqual({ model: 'upstream-model', input: [`a\n${long}`] })
  const call = callOf({ model: 'a', input: [{ type: 'text', text: 'a' }, picture] })
  expect(() => sentBy('mistral', call)).toThrow(expect.objectContaining({ param: 'input[1].type', status: 400 }))
})

test('Azure judges by another service, and is not asked', () => {
  expect(knownProviders.azure.adapter).not.toHaveProperty('moderation')
})

const callOf = (request: object): ModerationCall =>
  readModerationCall(Buffer.from(JSON.stringify(request)), { id: mintRequestId(0), receivedAt: 0 })

function operationOf(type: string) {
  const { moderation } = knownProviders[type as ProviderType].adapter as Provider
  if (moderation === undefined) throw new Error(`${type} judges nothing`)
  return moderation
}

function sentBy(type: string, call: ModerationCall): { path: string; body: unknown } {
  const step = operationOf(type).answer(call, target).next()
  if (step.done === true || !('send' in step.value)) throw new Error('nothing was sent')
  const { path, body = [] } = step.value.send
  return { path, body: JSON.parse(String(Buffer.concat(body))) }
}

function answerTo(type: string, call: ModerationCall, reply: object): Answer {
  const steps = operationOf(type).answer(call, target)
  steps.next()
  const step = steps.next({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(reply)) })
  if (step.done !== true) throw new Error('the answer was not enough')
  return step.value
}

function read(type: string, reply: object) {
  const answer = answerTo(type, callOf({ model: 'a', input }), reply)
  return { answer, body: JSON.parse(String(Buffer.from(answer.body))) as { id: string; model: string } }
}
