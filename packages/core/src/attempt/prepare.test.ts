import { parseUsd } from '../money.ts'
import type { Provider } from '../providers/provider.ts'
import { completeUsage } from '../meter/estimate-usage.ts'
import { tokensInPrompt } from '../operations/token-count.ts'
import type { Target } from '../route/target.ts'
import { IdSeal } from '../sealed-id.ts'
import type { Upstream } from '../transport.ts'
import { mintRequestId } from '../uuid.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { readEmbeddingsCall, writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import { headersForAll, headersForGateway, letGoOfPrompt, prepare } from './prepare.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const chat = (stream: boolean) =>
  writeChatCall({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream }, facts)
const calls = {
  chat: chat(false),
  embeddings: writeEmbeddingsCall({ model: 'm', input: 'hi' }, facts),
  images: writeImagesCall({ model: 'm', prompt: 'a cat' }, facts),
}

/** An operation that says what it is asked for. */
const operation = (name: string) => ({
  unsupported: () => [`dropped by ${name}`],
  stream: () => `stream of ${name}`,
  *answer() {
    yield `answer of ${name}`
  },
})

/** A target of a provider that has these operations. */
const target = (operations: object): Target =>
  ({ adapter: { type: 'own', ...operations } as unknown as Provider, entry: {} }) as Target

const all = target({ chat: operation('chat'), embeddings: operation('embeddings'), images: operation('images') })

test.each(['chat', 'embeddings', 'images'] as const)(
  'a call of %s is translated by the operation of that name',
  (name) => {
    const prepared = prepare(calls[name], all)
    expect(prepared.droppedParams).toEqual([`dropped by ${name}`])
    expect(prepared.answer().next().value).toBe(`answer of ${name}`)
  },
)

test('a target that takes more of a chat than others is asked the call as it takes the most of it', () => {
  const whole = chat(false)
  const echoing = {
    *answer(asked: unknown) {
      yield asked
    },
  }
  const extras = { cacheMarks: true }
  const place = target({ chat: echoing, chatExtras: () => extras })
  const fitted = { ...whole, body: Buffer.from('{}') }
  const call = { ...whole, fitted: (_: unknown, takes: object) => (takes === extras ? fitted : whole) }
  expect(answered(call, place)[0]).toBe(fitted)
  expect(answered(call, target({ chat: echoing }))[0]).toBe(call)
})

test('a stream is asked for when the caller wants one, and the target has one', () => {
  expect(prepare(chat(true), all).stream).toBe('stream of chat')
  expect(prepare(chat(false), all).stream).toBeUndefined()
  const { stream: _, ...whole } = operation('chat')
  expect(prepare(chat(true), target({ chat: whole })).stream).toBeUndefined()
})

test('a provider that drops nothing says nothing of it', () => {
  const { unsupported: _, ...takesAll } = operation('chat')
  expect(prepare(chat(true), target({ chat: takesAll })).droppedParams).toEqual([])
})

test.each(['chat', 'embeddings', 'images'] as const)(
  'without an operation for %s the call is a mistake of ours',
  (name) => {
    expect(() => prepare(calls[name], target({}))).toThrow(
      expect.objectContaining({ code: 'internal_error', message: expect.stringContaining(`"own" has no ${name}`) }),
    )
  },
)

const upstream = (credential: string): Upstream => ({ id: 'own', origin: 'http://h', credential })

/** The first two things that the asking of a target yields. */
const answered = (...asking: Parameters<typeof prepare>): unknown[] => {
  const answer = prepare(...asking).answer()
  return [answer.next().value, answer.next().value]
}

describe('a call in a dialect of the caller’s that the target speaks too', () => {
  /** Answers with the model it was asked for, and with what it keeps under the id `mine`. */
  const keeping = {
    unsupported: () => [],
    stream: () => 'a native stream',
    *answer(_: unknown, { upstreamModel, seal }: Target) {
      yield upstreamModel
      yield seal?.('mine')
    },
  }
  const idSeal = new IdSeal(Buffer.from('a secret for tests'))
  const { body, scan } = calls.chat
  const asked = (dialect: NativeDialect, more: object = {}) => ({
    ...chat(true),
    native: { dialect, body, scan },
    keyId: 'key_1',
    account: 'acme',
    idSeal,
    ...more,
  })
  const place: Target = {
    ...target({ chat: operation('chat'), native: { responses: keeping, messages: keeping } }),
    provider: 'mine-too',
    upstreamModel: 'm-1',
    upstream: upstream('first'),
  }
  test('may end with words of the model that it is to go on with, which others are not asked', () => {
    const prefilled = asked('messages', { outline: { messages: [{ role: 'assistant', content: 'Once' }] } })
    expect(prepare(prefilled, { ...place, prefill: false }).stream).toBe('a native stream')
    const inChat: Target = { ...place, ...target({ chat: operation('chat') }) }
    expect(prepare(prefilled, { ...inChat, prefill: true }).stream).toBe('stream of chat')
    expect(() => prepare(prefilled, { ...inChat, prefill: false })).toThrow(/prefill/)
  })

  test('is asked in that, and says so', () => {
    const prepared = prepare(asked('responses'), place)
    expect(prepared.stream).toBe('a native stream')
    expect(prepared.droppedParams).toEqual([])
    expect(prepared.native).toEqual({ dialect: 'responses', operation: keeping })
    expect(prepare(calls.chat, place)).not.toHaveProperty('native')
    expect(prepare(asked('completions'), place).stream).toBe('stream of chat')
  })

  test('has what is kept sealed, for the account that asked and the credential that it was asked with', () => {
    const [model, sealed] = answered(asked('responses'), place)
    expect(model).toBe('m-1')
    const opened = idSeal.open('resp', 'account acme', String(sealed))
    expect(opened).toMatchObject({ provider: 'mine-too', id: 'mine' })
    expect(opened?.isOf('first')).toBe(true)
    expect(idSeal.open('resp', 'account other', String(sealed))).toBeUndefined()
    expect(idSeal.open('resp', 'key_1', String(sealed))).toBeUndefined()
    const [, bySecond] = answered(asked('responses'), place, upstream('second'))
    expect(idSeal.open('resp', 'account acme', String(bySecond))?.isOf('second')).toBe(true)
    const [, inProcess] = answered(asked('responses', { keyId: undefined, account: undefined }), place)
    expect(idSeal.open('resp', 'account ', String(inProcess))?.id).toBe('mine')
  })

  test('has an id sealed once, however often the answer tells it', () => {
    const ids = ['mine', 'before', 'mine', 'before']
    let times = 0
    const counting = {
      seal(...given: Parameters<IdSeal['seal']>) {
        times += 1
        return idSeal.seal(...given)
      },
    } as IdSeal
    const { stream } = prepare(asked('responses', { idSeal: counting }), {
      ...place,
      adapter: {
        ...place.adapter,
        native: { responses: { ...keeping, stream: (_: unknown, { seal }: Target) => ids.map((id) => seal?.(id)) } },
      } as unknown as Provider,
    })
    const [first, other, again, last] = stream as unknown as string[]
    expect([first === again, other === last, first === other]).toEqual([true, true, false])
    expect(times).toBe(2)
  })

  test('has nothing sealed where nothing is kept, or nobody can seal it', () => {
    expect(answered(asked('messages'), place)).toEqual(['m-1', undefined])
    expect(answered(asked('responses', { idSeal: undefined }), place)).toEqual(['m-1', undefined])
  })
})

describe('beside the request', () => {
  test('every upstream is told what it is called, and what it has passed through', () => {
    const { id } = calls.chat
    expect(headersForAll(calls.chat, 'here')).toEqual({ 'x-request-id': id, 'x-speka-via': 'here' })
    expect(headersForAll({ ...calls.chat, via: 'there' }, 'here')).toMatchObject({ 'x-speka-via': 'there,here' })
  })

  test('another gateway is told how long it has, a millisecond at least, and what the caller has said', () => {
    expect(headersForGateway({ a: 'b' }, calls.chat, 1499.6)).toEqual({ a: 'b', 'x-speka-timeout-ms': '1500' })
    expect(headersForGateway({}, calls.chat, -5)).toEqual({ 'x-speka-timeout-ms': '1' })
    const limited = { ...calls.chat, maxCost: parseUsd('0.25'), tags: ['x', 'y'] }
    expect(headersForGateway({ a: 'b' }, limited, 1)).toEqual({
      a: 'b',
      'x-speka-timeout-ms': '1',
      'x-speka-max-cost-usd': '0.25',
      'x-speka-tags': 'x,y',
    })
  })
})

const asked = {
  model: 'acme/fast',
  messages: [
    { role: 'user' as const, content: 'How are you?' },
    { role: 'user' as const, content: 'word '.repeat(2000) },
  ],
  metadata: { team: 'blue' },
  session_id: 's',
}

test('a stream that lets go of its prompt is metered as it would have been with it', () => {
  const call = writeChatCall({ ...asked, stream: true }, facts)
  const left = letGoOfPrompt(call)
  expect(left.body).toHaveLength(0)
  expect(JSON.stringify(left)).not.toContain('How are you?')
  expect(left.outline).toMatchObject({ model: 'acme/fast', metadata: { team: 'blue' }, session_id: 's' })
  expect(tokensInPrompt(call)).toBeGreaterThan(2000)
  expect(tokensInPrompt(left)).toBe(tokensInPrompt(call))
  expect(completeUsage({}, left, () => 3)).toEqual(completeUsage({}, call, () => 3))
})

test('nothing else lets go of anything', () => {
  const whole = writeChatCall(asked, facts)
  const embeddings = readEmbeddingsCall(Buffer.from('{"model":"m","input":"x"}'), facts)
  expect(letGoOfPrompt(whole)).toBe(whole)
  expect(letGoOfPrompt(embeddings)).toBe(embeddings)
})
