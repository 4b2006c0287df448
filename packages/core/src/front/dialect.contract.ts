import {
  createFakeTransport,
  done,
  event,
  json,
  streamHead,
  type FakeTransport,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import { dataOf, FrameCutter, isDone } from '../bytes/frames.ts'
import type { GatewayConfig, ProviderConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Commitment } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { isRecord, type Json } from '../json.ts'
import { picoUsd } from '../money.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Call } from '../operations/call.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { Bytes } from '../transport.ts'
import { mintRequestId } from '../uuid.ts'
import { errorFrame } from '../wire/error-body.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { interpret } from './in-dialect.ts'

/** One dialect, as far as its suite must know it. */
export interface DialectFixtures {
  read(body: Bytes, facts: CallFacts): Call | Dialect
  /** A provider that speaks it. Default: none does. */
  readonly native?: ProviderConfig
  /** Whether it is translated into chat for targets that do not speak it. @default true */
  readonly isTranslated?: boolean
  /** Where the one that speaks it is asked. */
  readonly path: string
  /** What is asked, but for the model: with a field that nobody here knows. */
  readonly request: Json
  /** A whole answer with the words "Hi there", of `model`, with a field that nobody here knows. */
  answer(model: string): Json
  /** The same as a stream, event by event: those before the first output, the words, and those from the finish on. */
  stream(model: string): { readonly early: string[]; readonly words: string[]; readonly end: string[] }
  /** What an upstream sends in place of a stream's rest. */
  readonly failure: string
  /** Where the usage stands in the last event that tells it. */
  usageIn(events: readonly Json[]): unknown
  /** What such usage says of a prompt of 10 tokens, 4 of them cached, and an answer of 5. */
  readonly usage: Json
  /** Types of events that mean success: a stream that broke has none of them. */
  readonly success: readonly string[]
  /** The words of an answer, and of a stream. */
  wordsOf(answer: Json): string
  wordsIn(events: readonly Json[]): string
}

/** What became of a request. */
interface Outcome {
  readonly transport: FakeTransport
  readonly commitment: Commitment | undefined
  readonly record: UsageRecord
  readonly error: SpekaError | undefined
  readonly text: string
  readonly events: readonly Json[]
}

const chatAnswer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'up',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
}

const chunk = (choices: readonly Json[], more: Json = {}): string =>
  event({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'up', choices, ...more })

const chatStream = [
  chunk([{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }]),
  chunk([{ index: 0, delta: { content: ' there' }, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage: chatAnswer.usage }),
  done,
]

const upstream = (pieces: readonly string[]): ReplyScript => [
  streamHead,
  ...pieces.map((data) => ({ data })),
  { end: true },
]

/** What every dialect of chat must do, at a target that speaks it and at one that does not. */
export function describeDialect(name: string, fixtures: DialectFixtures): void {
  const foreign: ProviderConfig = { type: 'openai-compatible', base_url: 'http://foreign' }
  const { native = foreign, isTranslated = true } = fixtures
  const priced = { price: { input: '1', output: '2' }, context_window: 100_000 }
  const config: GatewayConfig = {
    providers: { own: { ...native, base_url: 'http://own/v1' }, foreign },
    models: {
      mine: { targets: [{ provider: 'own', model: 'up' }], ...priced },
      theirs: { targets: [{ provider: 'foreign', model: 'up' }], ...priced },
      both: {
        targets: [
          { provider: 'own', model: 'up' },
          { provider: 'foreign', model: 'up' },
        ],
        ...priced,
      },
    },
  }

  async function ask(
    script: readonly ReplyScript[],
    model: string,
    stream: boolean,
    more: Json = {},
    facts: Partial<CallFacts> = {},
  ): Promise<Outcome & { readonly sentBody: string }> {
    const clock = createFakeClock()
    const transport = createFakeTransport(clock, script)
    const bodies: string[] = []
    const watched: typeof transport = {
      ...transport,
      send(to, request, sink) {
        bodies.push(Buffer.concat([...(request.body ?? [])]).toString())
        return transport.send(to, request, sink)
      },
    }
    const engine = createEngine({ config, instanceId: 'here', transport: watched, clock, random: () => 0.5 })
    const body = Buffer.from(JSON.stringify({ model, ...fixtures.request, ...(stream && { stream }), ...more }))
    const own = { id: mintRequestId(clock.now()), receivedAt: clock.now(), ...facts }
    const pieces: Bytes[] = []
    let commitment: Commitment | undefined
    let record: UsageRecord | undefined
    let error: SpekaError | undefined
    const [asked, call] = interpret(engine, fixtures.read(body, own))
    asked.start(call, {
      commit: (by) => void (commitment = by),
      write: (frames) => pieces.push(Buffer.from(frames)) > 0,
      settle: (settled) => void (record = settled),
      finish: (tail) => void pieces.push(...tail),
      refuse: (refusal) => void (error = refusal),
      fail(failure, _record, events = errorFrame(failure)) {
        error = failure
        if (commitment !== undefined) pieces.push(events)
      },
    })
    await clock.advance(3_600_000)
    if (record === undefined) throw new Error('nothing was settled')
    const text = Buffer.concat(pieces).toString()
    return { transport, commitment, record, error, text, events: eventsIn(text), sentBody: bodies[0] ?? '' }
  }

  const whole = (model: string): string[] => {
    const { early, words, end: rest } = fixtures.stream(model)
    return [...early, ...words, ...rest]
  }

  if (fixtures.native !== undefined)
    describe(`${name} at a target that speaks it`, () => {
      test('a request arrives byte for byte, but for the name of the model', async () => {
        const { transport, sentBody } = await ask([json(200, fixtures.answer('up'))], 'mine', false)
        expect(transport.sent[0]).toMatchObject({ path: expect.stringMatching(new RegExp(`${fixtures.path}$`)) })
        expect(sentBody).toBe(JSON.stringify({ model: 'up', ...fixtures.request }))
      })

      test('what steers the gateway stays here', async () => {
        const steering = { session_id: 's', provider: { sort: 'price' } }
        const { sentBody } = await ask([json(200, fixtures.answer('up'))], 'mine', false, steering)
        expect(JSON.parse(sentBody)).toEqual({ model: 'up', ...fixtures.request })
      })

      test('a whole answer comes as it is, under the name that was asked for, with its cost', async () => {
        const { text, record, commitment } = await ask([json(200, fixtures.answer('up'))], 'mine', false)
        const answer = JSON.parse(text) as Json
        const { usage, ...rest } = fixtures.answer('mine')
        expect(answer).toEqual({ ...rest, usage: { ...(usage as Json), ...cost } })
        expect(record).toMatchObject({ outcome: 'complete', charge: 20_000_000n, usage: counts })
        expect(commitment?.droppedParams).toEqual([])
      })

      test.each([['event by event', 1] as const, ['byte by byte', 0] as const])(
        'a stream comes %s as it is, with its cost at the end',
        async (_, size) => {
          const pieces = whole('up')
          const sent = size === 1 ? pieces : [...pieces.join('')]
          const { text, record, events } = await ask([upstream(sent)], 'mine', true)
          const expected = eventsIn(whole('mine').join(''))
          const usage = fixtures.usageIn(events)
          expect(usage).toMatchObject({ ...fixtures.usage, ...cost })
          expect(withoutCost(events)).toEqual(withoutCost(expected))
          expect(text.match(/^event: .*$/gm)).toEqual(
            whole('mine')
              .join('')
              .match(/^event: .*$/gm),
          )
          expect(record).toMatchObject({ outcome: 'complete', charge: 20_000_000n, usage: counts })
        },
      )

      test("an error before output is the next target's turn, which may speak another dialect", async () => {
        const { early } = fixtures.stream('up')
        const script = [upstream([...early, fixtures.failure]), json(200, chatAnswer)]
        const { record, events, error } = await ask(script, 'both', true)
        expect(error).toBeUndefined()
        expect(record).toMatchObject({ outcome: 'complete', provider: 'foreign' })
        expect(fixtures.wordsIn(events)).toBe('Hi there')
      })

      test.each([
        ['breaks', []],
        ['reports an error', ['failure']],
      ])('a stream that %s after output never looks finished', async (_, more) => {
        const { early, words } = fixtures.stream('up')
        const rest = more.map(() => fixtures.failure)
        const { record, events, error } = await ask([upstream([...early, ...words, ...rest])], 'mine', true)
        expect(error?.code).toMatch(/^upstream_/)
        expect(record.outcome).toBe('interrupted')
        const types = events.map(({ type }) => type)
        for (const type of fixtures.success) expect(types).not.toContain(type)
        expect(JSON.stringify(events.at(-1))).toMatch(/error/)
        expect(JSON.stringify(events)).not.toContain('"up"')
      })

      test('an error in the shape that chat has for it ends the stream, and none of its words pass', async () => {
        const { early, words } = fixtures.stream('up')
        const inChat = errorFrame(new SpekaError('internal_error', 'The key sk-1 is no good.')).toString()
        const { text, record, error } = await ask([upstream([...early, ...words, inChat])], 'mine', true)
        expect(error?.code).toMatch(/^upstream_/)
        expect(record).toMatchObject({ outcome: 'interrupted', charge: 0n })
        expect(text).not.toContain('no good')
      })

      test('a stream whose line breaks behind its finish is whole', async () => {
        const { early, words, end: rest } = fixtures.stream('up')
        const finish = rest.slice(0, Math.max(1, rest.length - 1)).join('')
        const { record, events } = await ask(
          [[streamHead, { data: [...early, ...words, finish].join('') }, { fail: 'reset', sent: true }]],
          'mine',
          true,
        )
        expect(record.outcome).toBe('complete')
        expect(fixtures.usageIn(events)).toMatchObject(cost)
      })

      test('what an answer has used is guessed where nobody counted, and said to be', async () => {
        const { usage: _usage, ...uncounted } = fixtures.answer('up')
        const { text, record } = await ask([json(200, uncounted)], 'mine', false)
        expect(record.usage).toMatchObject({ estimated: true, outputTokens: expect.any(Number) })
        expect((JSON.parse(text) as Json)['usage']).toMatchObject({ estimated: true, cost: expect.any(Number) })
      })

      test('a limit of cost is told under the name that the dialect has for it', async () => {
        const { sentBody, record } = await ask(
          [json(200, fixtures.answer('up'))],
          'mine',
          false,
          {},
          { maxCost: picoUsd(50_000_000_000n) },
        )
        expect(record.outcome).toBe('complete')
        expect(sentBody).toMatch(/"max(?:_output)?_tokens":\d+/)
      })

      test('an upstream that refuses the request has the next target asked, or the caller told', async () => {
        const refusal = json(503, { error: { type: 'overloaded_error', message: 'Busy.' } })
        const { record } = await ask([refusal, json(200, chatAnswer)], 'both', false)
        expect(record).toMatchObject({ outcome: 'complete', provider: 'foreign' })
      })

      test.each([
        ['no JSON', 'nonsense'],
        ['no answer', '{"strange":true}'],
      ])('%s is a failure', async (_, body) => {
        const script: ReplyScript = [
          { head: 200, headers: { 'content-type': 'application/json' } },
          { data: body },
          { end: true },
        ]
        const { error, record } = await ask([script], 'mine', false)
        expect(error?.code).toMatch(/^upstream_/)
        expect(record.outcome).toBe('failed')
      })
    })

  if (isTranslated)
    describe(`${name} at a target that speaks chat`, () => {
      test('is asked in chat, and answers in the dialect', async () => {
        const { text, transport, record } = await ask([json(200, chatAnswer)], 'theirs', false)
        expect(transport.sent[0]?.path).toMatch(/\/chat\/completions$/)
        expect(transport.sent[0]?.body).toHaveProperty('messages')
        const answer = JSON.parse(text) as Json
        expect(fixtures.wordsOf(answer)).toBe('Hi there')
        expect(answer['usage']).toMatchObject({ ...fixtures.usage, ...cost })
        expect(record).toMatchObject({ outcome: 'complete', charge: 20_000_000n })
      })

      test('streams in the dialect, with its cost at the end', async () => {
        const { events, record } = await ask([upstream(chatStream)], 'theirs', true)
        expect(fixtures.wordsIn(events)).toBe('Hi there')
        expect(fixtures.usageIn(events)).toMatchObject({ ...fixtures.usage, ...cost })
        expect(record).toMatchObject({ outcome: 'complete', charge: 20_000_000n })
      })

      test('a stream that breaks after output never looks finished', async () => {
        const { events, error } = await ask([upstream(chatStream.slice(0, 2))], 'theirs', true)
        expect(error?.code).toBe('upstream_incomplete')
        for (const type of fixtures.success) expect(events.map((one) => one['type'])).not.toContain(type)
      })
    })
}

const cost = { cost: 0.00002, cost_details: { total: '0.00002' } }
const counts = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 5 }

function eventsIn(text: string): Json[] {
  const events: Json[] = []
  new FrameCutter(Infinity).push(Buffer.from(text), (frame) => {
    const data = dataOf(frame)
    if (data !== undefined && !isDone(data)) events.push(JSON.parse(data.toString()) as Json)
  })
  return events
}

/** The same events without what the gateway has added to usage. */
const withoutCost = (events: readonly Json[]): unknown =>
  JSON.parse(JSON.stringify(events), (_name, value: unknown) => {
    if (!isRecord(value)) return value
    const { cost: _cost, cost_details: _details, ...rest } = value
    return rest
  })
