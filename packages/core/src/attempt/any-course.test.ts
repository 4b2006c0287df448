import fc from 'fast-check'
import type { GatewayConfig } from '../config.ts'
import { ask } from '../front/ask.fake.ts'
import {
  completion,
  done,
  event,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
} from './transport.fake.ts'

const providers = ['one', 'two', 'three', 'four', 'five']

const config: GatewayConfig = {
  providers: Object.fromEntries(
    providers.map((name) => [
      name,
      { type: 'vllm', base_url: `http://${name}`, api_key: name === 'two' ? ['a', 'b', 'c'] : 'k' },
    ]),
  ),
  models: {
    a: {
      targets: providers.slice(0, 3).map((provider) => ({ provider })),
      price: { input: '1', output: '2' },
      context_window: 1000,
    },
    b: { targets: providers.slice(2).map((provider) => ({ provider })), price: { input: '3', output: '4' } },
  },
}

/** Each answers in words of its own, so that a mixture would show. */
const wordsOf = (provider: string): string[] => ['I ', 'am ', `${provider}.`]

/** What may become of one request at one target, in one way or the other. */
const replies: Readonly<Record<string, (provider: string, streamed: boolean) => ReplyScript>> = {
  answers: (provider, streamed) =>
    streamed ? stream(saying(...wordsOf(provider))) : json(200, completion(wordsOf(provider).join(''))),
  answersLate: (provider) => [
    streamHead,
    { data: role(), after: 700 },
    ...stream(saying(...wordsOf(provider))).slice(1),
  ],
  refuses: () => [{ fail: 'refused', sent: false }],
  resets: () => [{ fail: 'reset', after: 3 }],
  hangs: () => [],
  stalls: () => [streamHead, { data: role() }],
  breaksOff: (provider) => [
    streamHead,
    { data: role() + word(wordsOf(provider)[0] ?? '') },
    { fail: 'reset', after: 5 },
  ],
  endsEarly: (provider) => [streamHead, { data: role() + word(wordsOf(provider)[0] ?? '') }, { end: true }],
  endsAtOnce: () => [streamHead, { data: role() + done }, { end: true }],
  endsWithoutWords: () => [streamHead, { data: finish() }, { end: true }],
  babbles: () => [streamHead, { data: 'data: {"id":\n\n' }, { end: true }],
  says400: () => json(400, { error: { message: 'no' } }),
  says401: () => json(401, { error: { message: 'no' } }),
  says404: () => json(404, { error: { message: 'no' } }),
  says429: () => json(429, { error: { message: 'no' } }, { 'retry-after-ms': '20' }),
  says500: () => json(500, { error: { message: 'no' } }),
  says503: () => json(503, { error: { message: 'no' } }),
  isTooLong: () => json(400, { error: { message: 'no', code: 'context_length_exceeded' } }),
  errs: () => [streamHead, { data: event({ error: { message: 'no' } }) }, { end: true }],
}

const course = fc.record({
  streamed: fc.boolean(),
  // What becomes of the first call, the second, and so on; more of them than there may be.
  calls: fc.array(fc.constantFrom(...Object.keys(replies)), { minLength: 12, maxLength: 12 }),
  mostAttempts: fc.integer({ min: 1, max: 6 }),
  ignored: fc.subarray(providers, { maxLength: 4 }),
  allowsFallbacks: fc.boolean(),
  continues: fc.boolean(),
  hedgeAfter: fc.option(fc.constantFrom(1, 100, 1000), { nil: undefined }),
  leavesAfter: fc.option(fc.constantFrom(1, 50, 800, 40_000), { nil: undefined }),
})

const MAY_BE_BILLED = new Set(['resets', 'hangs', 'stalls', 'breaksOff', 'endsEarly', 'says500', 'babbles', 'errs'])

test('whatever becomes of its attempts, a request keeps to its plan and its budget, and ends once', async () => {
  await fc.assert(
    fc.asyncProperty(course, async (given) => {
      const { streamed, calls, mostAttempts, ignored, allowsFallbacks, continues, hedgeAfter, leavesAfter } = given
      const became: string[] = []
      const asked = ask(
        ({ to }, index) => {
          const what = calls[index] ?? 'says503'
          became.push(what)
          return replies[what]?.(to.id, streamed) ?? []
        },
        {
          stream: streamed,
          config: {
            ...config,
            routing: {
              max_attempts: mostAttempts,
              fallbacks: { a: ['b'] },
              ...(hedgeAfter !== undefined && { hedge: { a: { after_ms: hedgeAfter } } }),
            },
          },
          request: { provider: { ignore: ignored, allow_fallbacks: allowsFallbacks, continue: continues } },
        },
      )
      await asked.clock.advance(leavesAfter ?? 0)
      if (leavesAfter !== undefined) asked.run.abort()
      // This looks after the order of events, timers, open connections and the end mark as well.
      await asked.over()

      const tried = asked.sent.map(({ to }) => to.id)
      expect(tried.length).toBeLessThanOrEqual(mostAttempts)
      expect(tried.filter((provider) => ignored.includes(provider))).toEqual([])
      if (!allowsFallbacks) expect(new Set(tried).size).toBe(1)
      // One that may be billed is repeated once; with a hedge out, two may be under way when the first is.
      const billed = became.filter((what) => MAY_BE_BILLED.has(what)).length
      if (!continues) expect(billed).toBeLessThanOrEqual(hedgeAfter === undefined ? 2 : 3)

      const { record } = asked
      const text = streamed || asked.tail !== '' ? asked.text : ''
      expect(record.attempts.length).toBe(tried.length)
      if (record.outcome === 'complete' && !continues) {
        const answeredBy = record.attempts.filter(({ outcome }) => outcome === 'answered')
        expect(answeredBy).toHaveLength(1)
        const said = wordsOf(answeredBy[0]?.provider ?? '').join('')
        expect(['', said]).toContain(text)
      }
      if (record.outcome === 'failed') expect([record.charge, text]).toEqual([0n, ''])
    }),
    { numRuns: 300 },
  )
})
