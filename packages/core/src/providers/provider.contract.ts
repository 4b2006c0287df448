import fc from 'fast-check'
import type { ChatCompletion } from '../operations/chat/chat.ts'
import { isPlain } from '../bytes/frames.ts'
import { memberCalled, scanObject } from '../bytes/scan-object.ts'
import { join, splice } from '../bytes/splice.ts'
import { BadReplyError } from './bad-reply.ts'
import { Sees, type Provider } from './provider.ts'
import { strangeRequest } from './strange-request.contract.ts'
import type { ProviderFixtures } from './provider-fixtures.contract.ts'
import {
  answerTo,
  callOf,
  deltasOf,
  failureOf,
  firstStep,
  foundIn,
  known,
  target,
  translate,
  withoutFacts,
} from './run-provider.contract.ts'

/** What every provider of chat must do. A new one starts as one line, and is done when this is green. */
export function describeProvider(name: string, provider: Provider, fixtures: ProviderFixtures): void {
  describe(`${name} as a provider`, () => {
    describeRequests(provider, fixtures)
    describeAnswers(provider, fixtures)
    describeStreams(provider, fixtures)
    describeErrors(provider, fixtures)
    describeGarbage(provider, fixtures)
  })
}

function describeRequests(provider: Provider, { requests, writesAnew, refused = [] }: ProviderFixtures): void {
  test.each(requests)('sends $name', ({ body, target: special, sends, path = '/chat/completions', drops }) => {
    const call = callOf(body)
    const goal = { ...target, ...special }
    const request = firstStep(provider, call, goal)
    const sent = join(request.body ?? []).toString()
    expect(JSON.parse(sent)).toEqual(sends)
    expect(request).toMatchObject({ method: 'POST', path })
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'accept-encoding': 'identity' })
    expect(Object.keys(request.headers)).not.toContain('authorization')
    if (call.stream) expect(provider.chat?.stream?.(call, goal)?.request).toEqual(request)
    if (drops !== undefined) expect(provider.chat?.unsupported?.(call, goal) ?? []).toEqual(drops)
  })

  if (refused.length > 0) {
    test.each(refused)('refuses $name', ({ body, target: special, code, param }) => {
      const call = callOf(body)
      const goal = { ...target, ...special }
      const error = expect.objectContaining({ code, param, message: expect.stringMatching(/^[^\r\n]{10,300}$/) })
      expect(() => firstStep(provider, call, goal)).toThrow(error)
      if (provider.chat?.stream !== undefined) expect(() => provider.chat?.stream?.(call, goal)).toThrow(error)
    })
  }

  if (writesAnew !== undefined) return
  test.each(requests)("keeps the caller's own spelling in $name", ({ body, target: special, sends }) => {
    const call = callOf(body)
    const sent = join(firstStep(provider, call, { ...target, ...special }).body ?? []).toString()
    const parsed = JSON.parse(body) as Record<string, unknown>
    for (const [key, value] of Object.entries(sends)) {
      if (JSON.stringify(parsed[key]) !== JSON.stringify(value)) continue
      const member = memberCalled(call.scan, key)
      expect(sent).toContain(Buffer.from(body).toString('utf8', member?.valueStart, member?.valueEnd))
    }
  })

  test.each(requests)('names what it leaves out of $name', ({ body, target: special, sends, drops = [] }) => {
    const call = callOf(body)
    const goal = { ...target, ...special }
    const named = provider.chat?.unsupported?.(call, goal) ?? []
    expect(named).toEqual(drops)
    for (const name of named) {
      expect(Object.keys(sends)).not.toContain(name)
      // Of a list, a part is named that items have.
      expect(call.outline).toHaveProperty(name.replace(/^tools\./, 'tools.0.'))
    }
  })

  test.each(requests)('sends no field twice of $name', ({ body, target: special }) => {
    const sent = join(firstStep(provider, callOf(body), { ...target, ...special }).body ?? [])
    const keys = scanObject(sent)?.members.map(({ key }) => key) ?? []
    expect(keys).toEqual([...new Set(keys)])
  })

  const models = new Set(requests.map(({ target: special }) => special?.upstreamModel ?? target.upstreamModel))
  test.each([...models])('sends no parameter that it names to %s, whatever a request has', (upstreamModel) => {
    const goal = { ...target, upstreamModel }
    fc.assert(
      fc.property(strangeRequest, fc.boolean(), (fields, stream) => {
        const messages = [{ role: 'user', content: 'x' }]
        const call = callOf(JSON.stringify({ ...fields, model: 'a', messages, stream }))
        const sent: unknown = JSON.parse(join(firstStep(provider, call, goal).body ?? []).toString())
        expect(sent).toMatchObject({ model: upstreamModel, stream })
        for (const name of provider.chat?.unsupported?.(call, goal) ?? []) {
          expect(Object.keys(sent as object)).not.toContain(name)
          expect(call.outline[name.split('.')[0] ?? '']).not.toBeNull()
        }
      }),
    )
  })
}

function describeAnswers(provider: Provider, { answers, badAnswers = [] }: ProviderFixtures): void {
  test.each(answers)('reads the answer of $name', ({ body, found }) => {
    const answer = answerTo(provider, body)
    const seen = JSON.parse(join(splice(answer.body, answer.edits)).toString()) as ChatCompletion
    expect(seen.model).toBe((provider.routesItself === true ? answer.model : undefined) ?? target.model)
    expect(seen.choices.length).toBeGreaterThan(0)
    for (const { message } of seen.choices) expect(message.role).toBe('assistant')
    expect(foundIn(seen.choices.map(({ message }) => message))).toMatchObject(withoutFacts(found))
    expect(known(answer.usage)).toEqual(found.usage)
    if (found.finishReason !== undefined) expect(answer.finishReason).toBe(found.finishReason)
    if (found.id !== undefined) expect([answer.id, seen.id]).toEqual([found.id, found.id])
    const { usageAt, usageJson } = answer
    expect(usageAt === undefined).toBe(usageJson === undefined)
    if (usageAt !== undefined) {
      const reported = JSON.parse(Buffer.from(answer.body).toString('utf8', usageAt.start, usageAt.end)) as object
      // Some count reasoning beside the answer: callers find it within.
      const counted = { ...reported, completion_tokens: found.usage.outputTokens ?? null }
      expect(usageJson).toMatchObject(Object.fromEntries(Object.entries(counted).filter(([, value]) => value !== null)))
      const cached = found.usage.cachedInputTokens
      if (cached !== undefined) expect(usageJson).toMatchObject({ prompt_tokens_details: { cached_tokens: cached } })
    }
  })

  test.each(answers)('changes nothing else in the answer of $name', ({ body }) => {
    const answer = answerTo(provider, body)
    const kept = answer.edits.filter(({ start, end }) => end - start > 0).map(({ start, end }) => end - start)
    const spliced = join(splice(answer.body, answer.edits)).length
    const added = join(
      splice(
        Buffer.alloc(0),
        answer.edits.map(({ text }) => ({ start: 0, end: 0, text })),
      ),
    ).length
    expect(spliced).toBe(answer.body.length - kept.reduce((a, b) => a + b, 0) + added)
  })

  const bad = [
    { name: 'nothing', body: '', failure: {} },
    { name: 'markup', body: '<html>', failure: {} },
    ...badAnswers,
  ]
  test.each(bad)('does not take $name for an answer', ({ body, failure }) => {
    expect(failureOf(() => answerTo(provider, body))).toMatchObject({ mayBeBilled: true, ...failure })
  })
}

function describeStreams(provider: Provider, { streams, brokenStreams = [] }: ProviderFixtures): void {
  test.each(streams)('reads the stream of $name', ({ body, found, choices = 1 }) => {
    const seen = translate(provider, [Buffer.from(body)])
    const chunks = seen.chunks()
    expect(foundIn(deltasOf(chunks, 0))).toMatchObject(withoutFacts(found))
    expect(known(seen.facts.usage ?? {})).toEqual(found.usage)
    if (found.finishReason !== undefined) expect(seen.facts.finishReason).toBe(found.finishReason)
    if (found.id !== undefined) expect(chunks.every(({ id }) => id === found.id)).toBe(true)
    expect(seen.sees & (Sees.Output | Sees.Finish | Sees.Failure)).toBe(Sees.Output | Sees.Finish)
    expect(new Set(chunks.flatMap((chunk) => chunk.choices.map(({ index }) => index))).size).toBe(choices)
  })

  test.each(streams)('gives clients nothing to stumble over in the stream of $name', ({ body }) => {
    const { frames, chunks, facts } = translate(provider, [Buffer.from(body)])
    for (const frame of frames) expect(isPlain(frame)).toBe(true)
    for (const chunk of chunks()) {
      expect(chunk.model).toBe((provider.routesItself === true ? facts.model : undefined) ?? target.model)
      expect(chunk).not.toHaveProperty('error')
      expect(chunk.usage ?? null).toBeNull()
      expect(chunk.choices.length).toBeGreaterThan(0)
      for (const { delta } of chunk.choices) {
        expect(delta).not.toHaveProperty('reasoning')
        for (const call of delta.tool_calls ?? []) {
          expect(call.index).toEqual(expect.any(Number))
          expect(call.function?.arguments ?? '').toEqual(expect.any(String))
        }
      }
    }
    const begun = new Set<number>()
    for (const { index, delta } of chunks().flatMap((chunk) => chunk.choices)) {
      if (!begun.has(index)) expect(delta.role).toBe('assistant')
      begun.add(index)
    }
  })

  test.each(streams)('sees the same in the stream of $name wherever it is cut in two', ({ body }) => {
    const bytes = Buffer.from(body)
    const whole = translate(provider, [bytes])
    const different: number[] = []
    for (let at = 1; at < bytes.length; at += 1) {
      const split = translate(provider, [bytes.subarray(0, at), bytes.subarray(at)])
      if (split.text !== whole.text || split.sees !== whole.sees) different.push(at)
    }
    expect(different).toEqual([])
    const single = translate(
      provider,
      Array.from(bytes, (byte) => Buffer.of(byte)),
    )
    expect(single.text).toBe(whole.text)
    expect(single.facts).toEqual(whole.facts)
  })

  if (brokenStreams.length > 0) {
    test.each(brokenStreams)('notices that $name broke', ({ body, failure }) => {
      const { facts, sees } = translate(provider, [Buffer.from(body)])
      expect(sees & Sees.Failure).toBe(Sees.Failure)
      expect(facts.failure).toMatchObject({ mayBeBilled: true, ...failure })
    })
  }
}

function describeErrors(provider: Provider, { errors }: ProviderFixtures): void {
  test.each(errors)('understands $name', ({ status, headers = {}, body, failure }) => {
    const found = provider.classify({ status, headers, body: Buffer.from(body) })
    expect(found).toMatchObject({ status, ...failure })
    expect(found.message).toMatch(/^[^<>\r\n]{1,600}$/)
  })

  test.each([401, 402, 403, 500, 502, 503])('keeps what it says with a %i from callers', (status) => {
    for (const secret of ['sk-canary-1234567890', 'internal-host.example', 'account 4711']) {
      const body = JSON.stringify({ error: { message: `Failed: ${secret}`, code: secret, param: secret } })
      const { message, quote = '', param } = provider.classify({ status, headers: {}, body: Buffer.from(body) })
      expect(message + quote).not.toContain(secret)
      expect(param).toBeUndefined()
    }
  })

  test('shows no key in what callers may read', () => {
    const body = JSON.stringify({
      error: { message: 'Bad field for key sk-proj-abcdef0123456789, Bearer nvapi-0123456789' },
    })
    const { quote } = provider.classify({ status: 400, headers: {}, body: Buffer.from(body) })
    expect(quote).not.toMatch(/abcdef0123|nvapi-0123/)
  })
}

function describeGarbage(provider: Provider, { fieldNames = openAIFields }: ProviderFixtures): void {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    objectsOf(fieldNames).map((value) => Buffer.from(JSON.stringify(value))),
  )

  test('never throws at a reply, however strange', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), garbage, (status, body) => {
        const failure = provider.classify({ status, headers: {}, body })
        expect([failure.class, failure.message]).toEqual([expect.any(String), expect.any(String)])
      }),
    )
  })

  test('takes a strange answer, or says that it is bad', () => {
    fc.assert(
      fc.property(garbage, (body) => {
        try {
          const { edits, body: kept } = answerTo(provider, body)
          JSON.parse(join(splice(kept, edits)).toString())
        } catch (error) {
          expect(error).toBeInstanceOf(BadReplyError)
        }
      }),
    )
  })

  test('never throws at a stream of strange events, and passes on none that is not JSON', () => {
    fc.assert(
      fc.property(fc.array(garbage, { maxLength: 6 }), (events) => {
        const bytes = Buffer.concat(events.flatMap((data) => [Buffer.from('data: '), data, Buffer.from('\n\n')]))
        translate(provider, [bytes]).chunks()
      }),
    )
  })

  // Were it looked at again for each of its characters, this would take hours.
  test('comes to an end with an error without end, and tells little of it', () => {
    const { message = '' } = provider.classify({ status: 400, headers: {}, body: endless(60_000) })
    expect(message.length).toBeLessThan(1000)
    translate(provider, [Buffer.from('data: '), endless(900_000), Buffer.from('\n\n')])
  })
}

const endless = (length: number): Buffer =>
  Buffer.from(JSON.stringify({ error: { code: 400, message: '<'.repeat(length) } }))

const openAIFields = [
  'choices',
  'delta',
  'message',
  'tool_calls',
  'function',
  'arguments',
  'usage',
  'error',
  'index',
  'id',
  'role',
  'content',
  'finish_reason',
  'detail',
  'code',
]

/** JSON that has the right fields with the wrong things in them. */
const objectsOf = (fieldNames: readonly string[]) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, '', 'stop', 0, -1, true, ...fieldNames),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(fc.constantFrom(...fieldNames), tie('value'), { maxKeys: 4 }),
  })).object
