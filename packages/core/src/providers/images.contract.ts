import fc from 'fast-check'
import type { Failure } from '../failure.ts'
import type { Usage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import { FrameCutter } from '../bytes/frames.ts'
import { readImagesCall, type ImagesCall } from '../operations/images/images-call.ts'
import type { Image, ImagesAnswer } from '../operations/images/images.ts'
import { join, splice } from '../bytes/splice.ts'
import { BadReplyError } from './bad-reply.ts'
import {
  Sees,
  type Answer,
  type Emit,
  type FrameFacts,
  type Provider,
  type Reply,
  type TranslationTarget,
} from './provider.ts'
import { failureOf, known } from './run-provider.contract.ts'

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

/** A stream of events, as the upstream really sends it. */
export interface ImagesStreamFixture {
  readonly name: string
  readonly body: string
  readonly target?: Partial<TranslationTarget>
  readonly sends: Readonly<Record<string, unknown>>
  readonly events: string
  readonly usage: Usage
  /** Default: nothing goes wrong. */
  readonly failure?: Partial<Failure>
}

export interface ImagesFixtures {
  /** Default: it never streams. */
  readonly streams?: readonly ImagesStreamFixture[]
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
    describeStreams(provider, fixtures)
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

function describeStreams(provider: Provider, { streams = [], answers }: ImagesFixtures): void {
  const whole = answers.filter(({ body }) => (JSON.parse(body) as { stream?: boolean }).stream === true)
  if (whole.length > 0) {
    test.each(whole)('is not asked for $name', ({ body, target }) => {
      expect(provider.images?.stream?.(callOf(body), { ...usualTarget, ...target })).toBeUndefined()
    })
  }
  if (streams.length === 0) return

  test.each(streams)('asks for a stream of $name', ({ body, target, sends }) => {
    const request = provider.images?.stream?.(callOf(body), { ...usualTarget, ...target })?.request
    expect(request).toMatchObject({
      method: 'POST',
      path: '/images/generations',
      headers: { accept: 'text/event-stream' },
    })
    expect(JSON.parse(join(request?.body ?? []).toString())).toEqual(sends)
  })

  test.each(streams)(
    'relays the stream of $name as it is, wherever it is cut in two',
    ({ body, target, events, usage, failure }) => {
      const stream = (pieces: readonly Buffer[]) => translate(provider, callOf(body), target, pieces)
      const bytes = Buffer.from(events)
      const uncut = stream([bytes])
      expect(known(uncut.facts.usage ?? {})).toEqual(usage)
      if (failure === undefined) {
        expect(uncut.sees & (Sees.Output | Sees.Finish | Sees.Failure)).toBe(Sees.Output | Sees.Finish)
        expect(uncut.text).toBe(events.replaceAll(/^:.*\n\n/gm, '').replaceAll('data: [DONE]\n\n', ''))
      } else {
        expect(uncut.facts.failure).toMatchObject({ mayBeBilled: true, ...failure })
      }
      const different: number[] = []
      for (let at = 1; at < bytes.length; at += 1) {
        const split = stream([bytes.subarray(0, at), bytes.subarray(at)])
        if (split.text !== uncut.text || split.sees !== uncut.sees) different.push(at)
      }
      expect(different).toEqual([])
    },
  )

  const inline = answers.filter(({ exchanges: [only] }) => String(only?.reply.body).includes('b64_json'))
  if (inline.length === 0) return
  test.each(inline.filter((answer) => !whole.includes(answer)))(
    'makes a stream of a whole answer: $name',
    ({ body, target, exchanges: [only] }) => {
      const call = callOf(JSON.stringify({ ...(JSON.parse(body) as object), stream: true }))
      const { facts, sees, text } = heard((emit) => {
        provider.images
          ?.stream?.(call, { ...usualTarget, ...target, ...streams[0]?.target })
          ?.fromAnswer(Buffer.from(only?.reply.body ?? ''), emit)
      })
      expect(sees & (Sees.Output | Sees.Finish | Sees.Failure)).toBe(Sees.Output | Sees.Finish)
      expect(text).toMatch(/^(?:event: image_generation\.completed\ndata: \{.*\}\n\n)+$/)
      expect(facts.usage?.images).toBe(text.split('event: ').length - 1)
    },
  )
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

/** What a stream comes to. */
interface Heard {
  readonly text: string
  readonly sees: number
  readonly facts: FrameFacts
}

function heard(run: (emit: Emit) => void): Heard {
  const frames: Buffer[] = []
  let sees = 0
  let facts: FrameFacts = {}
  run((frame, seen, learnt) => {
    frames.push(Buffer.from(frame))
    sees |= seen
    facts = { ...facts, ...learnt }
  })
  return { text: Buffer.concat(frames).toString(), sees, facts }
}

function translate(
  provider: Provider,
  call: ImagesCall,
  target: Partial<TranslationTarget> | undefined,
  pieces: readonly Buffer[],
): Heard {
  const translator = provider.images?.stream?.(call, { ...usualTarget, ...target })?.translator
  if (translator === undefined) throw new Error('there is no stream')
  return heard((emit) => {
    const cutter = new FrameCutter()
    for (const piece of pieces) cutter.push(piece, (frame) => translator.frame(frame, emit))
    translator.end(emit)
  })
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
