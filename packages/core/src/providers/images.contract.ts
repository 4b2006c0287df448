import fc from 'fast-check'
import type { Failure } from '../failure.ts'
import { mintRequestId } from '../uuid.ts'
import { readImagesCall, type ImagesCall } from '../wire/images-call.ts'
import type { Image, ImagesAnswer } from '../wire/images.ts'
import { join, splice } from '../wire/splice.ts'
import { BadReplyError } from './bad-reply.ts'
import type { Answer, Provider, Reply, TranslationTarget } from './provider.ts'
import { failureOf } from './run-provider.contract.ts'

/** One exchange with the upstream, or with the place that it points to. */
export interface Exchange {
  /** What must be sent. Its body is parsed; without one it is a GET. */
  readonly sends: { readonly path: string; readonly body?: Readonly<Record<string, unknown>>; readonly to?: string }
  readonly reply: { readonly status?: number; readonly headers?: Reply['headers']; readonly body: string | Buffer }
  /** How long the provider waits before it, in ms. Default: not at all. */
  readonly after?: number
}

/** A request, and how it is answered, as the upstream really does. */
export interface ImagesFixture {
  readonly name: string
  /** The caller's bytes, as odd as callers write them. */
  readonly body: string
  readonly target?: Partial<TranslationTarget>
  readonly exchanges: readonly Exchange[]
  readonly images: readonly Image[]
  /** The caller's parameters that are left out, as the caller is told. Default: none. */
  readonly drops?: readonly string[]
}

/** A request that the upstream answers with a success that is none. */
export interface BadImagesFixture {
  readonly name: string
  readonly body?: string
  readonly replies: readonly {
    readonly status?: number
    readonly headers?: Reply['headers']
    readonly body: string | Buffer
  }[]
  readonly failure: Partial<Failure>
}

export interface ImagesFixtures {
  readonly answers: readonly ImagesFixture[]
  readonly badAnswers?: readonly BadImagesFixture[]
  readonly errors?: readonly {
    readonly name: string
    readonly status: number
    readonly body: string
    readonly failure: Partial<Failure>
  }[]
}

const usualTarget: TranslationTarget = { model: 'lab/model', upstreamModel: 'upstream-model' }
const usualBody = '{"model":"a","prompt":"A cat"}'

/** What every provider of images must do. A new one is a line, and is done when this is green. */
export function describeImages(name: string, provider: Provider, fixtures: ImagesFixtures): void {
  describe(`${name} as a provider of images`, () => {
    describeExchanges(provider, fixtures)
    describeBadAnswers(provider, fixtures)
  })
}

function describeExchanges(provider: Provider, { answers }: ImagesFixtures): void {
  test.each(answers)('draws $name', ({ body, target, exchanges, images }) => {
    const { sent, answer } = walk(
      provider,
      callOf(body),
      exchanges.map(({ reply }) => reply),
      target,
    )
    expect(sent.map(({ body: _body, headers: _headers, ...rest }) => rest)).toEqual(
      exchanges.map(({ sends: { path, body: json, to }, after = 0 }) => ({
        method: json === undefined ? 'GET' : 'POST',
        path,
        to,
        after,
      })),
    )
    expect(sent.map(({ body: json }) => json)).toEqual(exchanges.map(({ sends }) => sends.body))
    expect(seen(answer).data).toEqual(images)
    expect(answer.usage).toMatchObject({ images: images.length })
  })

  test.each(answers)('sends no key with $name, and asks for nothing compressed', ({ body, target, exchanges }) => {
    const { sent } = walk(
      provider,
      callOf(body),
      exchanges.map(({ reply }) => reply),
      target,
    )
    for (const { headers } of sent) {
      expect(headers).toMatchObject({ 'accept-encoding': 'identity' })
      expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['authorization', 'x-key']))
    }
  })

  test.each(answers)('names what it leaves out of $name', ({ body, target, drops = [] }) => {
    expect(provider.images?.unsupported?.(callOf(body), { ...usualTarget, ...target }) ?? []).toEqual(drops)
  })

  test.each(answers)('says where usage stands in the answer to $name', ({ body, target, exchanges }) => {
    const { answer } = walk(
      provider,
      callOf(body),
      exchanges.map(({ reply }) => reply),
      target,
    )
    const { usageAt, usageJson, edits } = answer
    expect(JSON.parse(Buffer.from(answer.body).toString('utf8', usageAt?.start, usageAt?.end))).toEqual(usageJson)
    const priced = { start: usageAt?.start ?? 0, end: usageAt?.end ?? 0, text: '{"cost":1}' }
    const spliced = JSON.parse(join(splice(answer.body, [...edits, priced])).toString()) as unknown
    expect(spliced).toEqual({ ...seen(answer), usage: { cost: 1 } })
    expect(seen(answer).usage).toMatchObject({ input_tokens: expect.any(Number), total_tokens: expect.any(Number) })
  })
}

function describeBadAnswers(provider: Provider, { badAnswers = [], errors = [] }: ImagesFixtures): void {
  const failure = { code: 'upstream_bad_response' } as const
  const bad: BadImagesFixture[] = [
    { name: 'nothing', replies: [{ body: '' }], failure },
    { name: 'markup', replies: [{ body: '<html>' }], failure },
    { name: 'a list', replies: [{ body: '[]' }], failure },
    { name: 'an empty object', replies: [{ body: '{}' }], failure },
    { name: 'an error', replies: [{ body: '{"error":{"message":"x","code":429}}' }], failure: { class: 'rate_limit' } },
    ...badAnswers,
  ]
  test.each(bad)('does not take $name for an answer', ({ body = usualBody, replies, failure: expected }) => {
    expect(failureOf(() => walk(provider, callOf(body), replies))).toMatchObject({ mayBeBilled: true, ...expected })
  })

  test('takes a strange reply, or says that it is bad', () => {
    fc.assert(
      fc.property(fc.array(strangeReply, { minLength: 1, maxLength: 4 }), (replies) => {
        try {
          const { answer } = walk(
            provider,
            callOf(usualBody),
            replies.map((value) => ({ body: JSON.stringify(value) })),
          )
          for (const image of seen(answer).data) expect(image.b64_json).toEqual(expect.stringMatching(/./))
        } catch (error) {
          if (error !== unfinished) expect(error).toBeInstanceOf(BadReplyError)
        }
      }),
    )
  })

  if (errors.length > 0) {
    test.each(errors)('understands $name', ({ status, body, failure: expected }) => {
      expect(provider.classify({ status, headers: {}, body: Buffer.from(body) })).toMatchObject({ status, ...expected })
    })
  }
}

export const callOf = (body: string): ImagesCall =>
  readImagesCall(Buffer.from(body), { id: mintRequestId(0), receivedAt: 7_000 })

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly to: string | undefined
  readonly body: unknown
  /** How long the provider had waited before it, in ms. */
  readonly after: number
}

const unfinished = new Error('it asked for more than there was')

/** Walks a provider through its steps, with `replies` in the place of the upstream. */
function walk(
  provider: Provider,
  call: ImagesCall,
  replies: readonly { readonly status?: number; readonly headers?: Reply['headers']; readonly body: string | Buffer }[],
  target: Partial<TranslationTarget> = {},
): { answer: Answer; sent: Sent[] } {
  const steps = provider.images?.answer(call, { ...usualTarget, ...target })
  if (steps === undefined) throw new Error('there are no images')
  const sent: Sent[] = []
  const nothing: Reply = { status: 0, headers: {}, body: Buffer.alloc(0) }
  let after = 0
  let step = steps.next()
  while (step.done !== true) {
    if ('waitMs' in step.value) {
      after += step.value.waitMs
      step = steps.next(nothing)
      continue
    }
    const { send, to } = step.value
    const body = send.body === undefined ? undefined : (JSON.parse(join(send.body).toString()) as unknown)
    const reply = replies[sent.length]
    if (reply === undefined) throw unfinished
    sent.push({ method: send.method, path: send.path, headers: send.headers, to: to?.origin, body, after })
    after = 0
    step = steps.next({ status: 200, headers: {}, ...reply, body: Buffer.from(reply.body) })
  }
  return { answer: step.value, sent }
}

const seen = ({ body, edits }: Answer): ImagesAnswer => JSON.parse(join(splice(body, edits)).toString()) as ImagesAnswer

/** JSON that has the fields of all these upstreams, now and then with the wrong things in them. */
const strangeReply = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      '',
      'aGk=',
      'Ready',
      'Error',
      'constructor',
      0,
      true,
      'https://cdn.example/a',
      'data:image/png;base64,aGk=',
    ),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      'data',
      'b64_json',
      'url',
      'usage',
      'created',
      'error',
      'artifacts',
      'base64',
      'finishReason',
      'id',
      'polling_url',
      'status',
      'result',
      'sample',
    ),
    tie('value'),
    { maxKeys: 4 },
  ),
})).object
