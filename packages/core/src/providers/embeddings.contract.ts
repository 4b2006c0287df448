import fc from 'fast-check'
import type { Failure } from '../failure.ts'
import type { Usage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import { readEmbeddingsCall, type EmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import type { EmbeddingsAnswer } from '../operations/embeddings/embeddings.ts'
import { memberCalled, scanObject } from '../bytes/scan-object.ts'
import { join, splice } from '../bytes/splice.ts'
import { BadReplyError } from './bad-reply.ts'
import type { Answer, Provider, TranslationTarget } from './provider.ts'
import { failureOf, known } from './run-provider.contract.ts'

/** A request, and what of it must reach the upstream. */
export interface EmbeddingsRequestFixture {
  readonly name: string
  /** The caller's bytes, as odd as callers write them. */
  readonly body: string
  readonly target?: Partial<TranslationTarget>
  /** The upstream's requests, parsed: one, unless the upstream limits its batches. */
  readonly sends: readonly Readonly<Record<string, unknown>>[]
  /** The caller's parameters that are left out, as the caller is told. Default: none. */
  readonly drops?: readonly string[]
}

/** A reply as the upstream really sends it. */
export interface EmbeddingsAnswerFixture {
  readonly name: string
  readonly body: string
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Usage
  readonly id?: string
}

/** How an upstream with a shape of its own is asked, and answers. */
export interface OwnShape {
  readonly path: string
  /** The texts of a request, parsed. */
  readonly textsIn: (request: Readonly<Record<string, unknown>>) => readonly string[]
  /** A reply with these vectors, and with a token counted for each. */
  readonly replyOf: (vectors: readonly (readonly number[])[]) => unknown
}

export interface EmbeddingsFixtures {
  /** Default: OpenAI's. Where there is one, the caller's own spelling is not looked for in requests. */
  readonly shape?: OwnShape
  readonly requests: readonly EmbeddingsRequestFixture[]
  readonly answers: readonly EmbeddingsAnswerFixture[]
  /** Replies with status 200 that are not answers. */
  readonly badAnswers?: readonly { readonly name: string; readonly body: string; readonly failure: Partial<Failure> }[]
}

const usualTarget: TranslationTarget = { model: 'lab/model', upstreamModel: 'upstream-model' }

/** What every provider of embeddings must do. A new one is a line, and is done when this is green. */
export function describeEmbeddings(name: string, provider: Provider, fixtures: EmbeddingsFixtures): void {
  describe(`${name} as a provider of embeddings`, () => {
    describeRequests(provider, fixtures)
    describeAnswers(provider, fixtures)
    describeBadAnswers(provider, fixtures)
  })
}

const openAIShape: OwnShape = {
  path: '/embeddings',
  textsIn: ({ input }) => textsOf(input as string | string[]),
  replyOf: (vectors) => ({
    ...answerOf(vectors),
    usage: { prompt_tokens: vectors.length, total_tokens: vectors.length },
  }),
}

function describeRequests(provider: Provider, { requests, shape }: EmbeddingsFixtures): void {
  const { path, textsIn, replyOf } = shape ?? openAIShape
  /** Answers each text with its length, so that it can be told whose vector is whose. */
  const echo = (request: string): string =>
    JSON.stringify(replyOf(textsIn(JSON.parse(request) as Record<string, unknown>).map((text) => [text.length, 0.5])))

  test.each(requests)('sends $name', ({ body, target, sends }) => {
    const { sent } = answerTo(provider, callOf(body), echo, target)
    expect(sent.map((request) => JSON.parse(request.body))).toEqual(sends)
    for (const request of sent) {
      expect(request).toMatchObject({ method: 'POST', path, to: undefined })
      expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'accept-encoding': 'identity' })
      expect(Object.keys(request.headers)).not.toContain('authorization')
    }
  })

  test.each(requests)('sends no field of $name twice, and names what it leaves out', ({ body, target, drops = [] }) => {
    const call = callOf(body)
    const { sent } = answerTo(provider, call, echo, target)
    for (const request of sent) {
      const keys = scanObject(Buffer.from(request.body))?.members.map(({ key }) => key) ?? []
      expect(keys).toEqual([...new Set(keys)])
      for (const name of drops) expect(keys).not.toContain(name)
    }
    expect(provider.embeddings?.unsupported?.(call, { ...usualTarget, ...target }) ?? []).toEqual(drops)
  })

  const spelled = shape === undefined ? requests.filter(({ sends }) => sends.length === 1) : []
  if (spelled.length > 0) {
    test.each(spelled)("keeps the caller's spelling of the texts of $name", ({ body, target }) => {
      const call = callOf(body)
      const input = memberCalled(call.scan, 'input')
      const { sent } = answerTo(provider, call, echo, target)
      expect(sent[0]?.body).toContain(Buffer.from(call.body).toString('utf8', input?.valueStart, input?.valueEnd))
    })
  }

  test.each(requests)('answers $name with a vector for each text, in order', ({ body, target }) => {
    const call = callOf(body)
    const { answer } = answerTo(provider, call, echo, target)
    const texts = textsOf(JSON.parse(call.body.toString()).input)
    expect(seen(answer).data.map(({ embedding }) => floatsOf(embedding))).toEqual(
      texts.map((text) => [text.length, 0.5]),
    )
    expect(answer.usage.inputTokens).toBe(texts.length)
    const { body: whole, usageAt, usageJson } = answer
    expect(JSON.parse(Buffer.from(whole).toString('utf8', usageAt?.start, usageAt?.end))).toEqual(usageJson)
    expect(usageJson).toEqual({ prompt_tokens: texts.length, total_tokens: texts.length })
  })
}

function describeAnswers(provider: Provider, { answers }: EmbeddingsFixtures): void {
  const asked = answers.flatMap((fixture) => (['float', 'base64'] as const).map((format) => ({ ...fixture, format })))

  test.each(asked)('reads the answer of $name as $format', ({ body, vectors, usage, id, format }) => {
    const { answer } = answerTo(provider, callFor(vectors.length, format), () => body)
    const found = seen(answer)
    expect(found).toMatchObject({ object: 'list', model: answer.model ?? usualTarget.model })
    expect(found.data.map(({ index, object }) => ({ index, object }))).toEqual(
      vectors.map((_, index) => ({ index, object: 'embedding' })),
    )
    for (const { embedding } of found.data) expect(typeof embedding === 'string').toBe(format === 'base64')
    for (const [index, { embedding }] of found.data.entries()) {
      expect(floatsOf(embedding).map(Math.fround)).toEqual(vectors[index]?.map(Math.fround))
    }
    expect(known(answer.usage)).toEqual(usage)
    expect(answer.id).toBe(id)
  })

  test.each(asked)('says where usage stands in the answer of $name as $format', ({ body, vectors, format }) => {
    const { answer } = answerTo(provider, callFor(vectors.length, format), () => body)
    const { usageAt, usageJson } = answer
    expect(usageAt === undefined).toBe(usageJson === undefined)
    if (usageAt === undefined) return
    const priced = { start: usageAt.start, end: usageAt.end, text: '{"cost":1}' }
    const spliced = JSON.parse(join(splice(answer.body, [...answer.edits, priced])).toString()) as unknown
    expect(spliced).toEqual({ ...seen(answer), usage: { cost: 1 } })
  })
}

function describeBadAnswers(provider: Provider, { badAnswers = [] }: EmbeddingsFixtures): void {
  const failure = { code: 'upstream_bad_response' } as const
  const bad = [
    { name: 'nothing', body: '', failure },
    { name: 'markup', body: '<html>', failure },
    { name: 'a chat answer', body: '{"choices":[{"message":{"role":"assistant","content":"Hi"}}]}', failure },
    { name: 'no vectors', body: '{"object":"list","data":[]}', failure },
    { name: 'one vector too many', body: JSON.stringify(answerOf([[1], [2]])), failure },
    { name: 'an empty vector', body: JSON.stringify(answerOf([[]])), failure },
    { name: 'a vector of nothing', body: '{"data":[{"embedding":[null]}]}', failure },
    { name: 'a vector of no number', body: '{"data":[{"embedding":[NaN]}]}', failure },
    { name: 'an error', body: '{"error":{"message":"Slow down","code":429}}', failure: { class: 'rate_limit' } },
    ...badAnswers,
  ]
  test.each(bad)('does not take $name for an answer', ({ body, failure: expected }) => {
    expect(failureOf(() => answerTo(provider, callFor(1, 'float'), () => body))).toMatchObject({
      mayBeBilled: true,
      ...expected,
    })
  })

  test('takes a strange answer, or says that it is bad', () => {
    fc.assert(
      fc.property(strangeAnswer, fc.constantFrom('float', 'base64'), (value, format) => {
        try {
          const { answer } = answerTo(provider, callFor(1, format), () => JSON.stringify(value))
          const { data, object } = seen(answer)
          expect([object, data.length, data[0]?.index]).toEqual(['list', 1, 0])
          expect(floatsOf(data[0]?.embedding ?? '').length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(BadReplyError)
        }
      }),
    )
  })
}

const textsOf = (input: string | string[]): string[] => (typeof input === 'string' ? [input] : input)

const answerOf = (vectors: readonly (readonly number[])[]) => ({
  object: 'list',
  model: 'upstream-model',
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
})

const callOf = (body: string): EmbeddingsCall =>
  readEmbeddingsCall(Buffer.from(body), { id: mintRequestId(0), receivedAt: 0 })

const callFor = (texts: number, format: 'float' | 'base64'): EmbeddingsCall =>
  callOf(JSON.stringify({ model: 'a', input: Array.from({ length: texts }, () => 'x'), encoding_format: format }))

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly to: URL | undefined
  readonly body: string
}

/** Walks a provider through its steps, with `reply` in the place of the upstream. */
function answerTo(
  provider: Provider,
  call: EmbeddingsCall,
  reply: (request: string) => string,
  target: Partial<TranslationTarget> = {},
): { answer: Answer; sent: Sent[] } {
  const steps = provider.embeddings?.answer(call, { ...usualTarget, ...target })
  if (steps === undefined) throw new Error('there are no embeddings')
  const sent: Sent[] = []
  let step = steps.next()
  while (step.done !== true) {
    if (!('send' in step.value)) throw new Error('nobody has to wait for embeddings')
    const { send, to } = step.value
    const body = join(send.body ?? []).toString()
    sent.push({ method: send.method, path: send.path, headers: send.headers, to, body })
    step = steps.next({ status: 200, headers: {}, body: Buffer.from(reply(body)) })
  }
  return { answer: step.value, sent }
}

const seen = ({ body, edits }: Answer): EmbeddingsAnswer =>
  JSON.parse(join(splice(body, edits)).toString()) as EmbeddingsAnswer

function floatsOf(embedding: number[] | string): number[] {
  if (typeof embedding !== 'string') return embedding
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

/** JSON that has the right fields, now and then with the wrong things in them. */
const strangeVector = fc.oneof(
  fc.array(fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(null, '1', [1])), {
    maxLength: 3,
  }),
  fc.constantFrom('AACAPw==', 'AAC', '', 'words', null, 1, {}, '\u0000"'),
)
const strangeAnswer = fc.record(
  {
    object: fc.constantFrom('list', 'embedding', null),
    data: fc.oneof(
      fc.array(
        fc.oneof(
          fc.record(
            {
              object: fc.constantFrom('embedding', 7),
              index: fc.constantFrom(0, 1, -1, '0', null),
              embedding: strangeVector,
            },
            { requiredKeys: [] },
          ),
          fc.constantFrom(null, [], 'x'),
        ),
        { maxLength: 2 },
      ),
      fc.constantFrom(null, {}, 'data'),
    ),
    model: fc.constantFrom('upstream-model', 'lab/model', null, '"embedding":[1]'),
    usage: fc.constantFrom(null, {}, 7, { prompt_tokens: -1 }, { total_tokens: 3 }, { embedding: [1, 2] }),
    error: fc.constantFrom(null, 'boom', { message: 'x' }),
    embedding: strangeVector,
  },
  { requiredKeys: ['data'] },
)
