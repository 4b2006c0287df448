import fc from 'fast-check'
import { BEYOND_MS, RateAuthority, RateCounts, rateCounting, type RateKind, type RateWant } from '@speka/core/internal'
import { startRedis, type TestRedis } from '../../../../test/support/services/redis.ts'
import { describeWithRedis } from '../../../../test/support/services/with-redis.ts'
import { readRedisUrl } from './address.ts'
import { openRedis, script, type RedisLink } from './open-redis.ts'
import { countingRedis, type RedisRates } from './rate-counter.ts'

const START = 1_800_000_000_000
const SPACED = 'test:time'

/** However long an answer takes. */
const atLeisure = <T>(answer: Promise<T>): Promise<T> => answer
const SET_TIME = script(`return redis.call('SET', '${SPACED}', ARGV[1])`)

/** The same scripts with a clock that is moved by hand: all else that they read is what they have counted. */
const movedByHand = (link: RedisLink): Pick<RedisLink, 'run'> => ({
  run: ({ text }, keys, values) =>
    link.run(script(text.replace(`redis.call('TIME')`, `cjson.decode(redis.call('GET', '${SPACED}'))`)), keys, values),
})

interface Placed {
  readonly kind: RateKind
  readonly rate: number
}

/** Of each kind one whose times are kept one by one, where there is such a thing, and one that is counted in stretches. */
const placed: readonly Placed[] = [
  { kind: 'rpm', rate: 3 },
  { kind: 'rpm', rate: 600 },
  { kind: 'rpd', rate: 5 },
  { kind: 'rpd', rate: 500_000 },
  { kind: 'tpm', rate: 1000 },
  { kind: 'max_parallel', rate: 2 },
]

const anyStep = fc.record({
  // Within a packet, within a window, and beyond a day.
  pass: fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(90_000_000)),
  owner: fc.constantFrom('a', 'b'),
  asked: fc.array(
    fc.record({ place: fc.nat(placed.length - 1), wanted: fc.nat(700), least: fc.integer({ min: 1, max: 700 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  told: fc.option(fc.record({ which: fc.nat(8), part: fc.double({ min: -1, max: 0.5, noNaN: true }) }), {
    nil: undefined,
  }),
})

type Step = typeof anyStep extends fc.Arbitrary<infer Each> ? Each : never

/** What was handed out, and may be corrected. */
interface Handed {
  readonly want: RateWant
  readonly owner: string
  readonly at: number
  readonly slots: number
}

describeWithRedis('rates in Redis', () => {
  let redis: TestRedis
  let link: RedisLink
  let series = 0
  beforeAll(async () => {
    redis = await startRedis()
    link = await openRedis({ address: readRedisUrl(redis.url) })
  })
  afterAll(async () => {
    await link?.close()
    await redis?.stop()
  })

  async function holdToModel(steps: readonly Step[]): Promise<void> {
    series += 1
    let now = START
    const inRedis: RedisRates = countingRedis({ ...movedByHand(link), life: 'a', suspect() {} }).counter(
      `test-${series}`,
    )
    const model = new RateAuthority({ counts: new RateCounts({ beyondMs: BEYOND_MS }), now: () => now })
    const ownerIn: Readonly<Record<string, number>> = { a: 1, b: 2 }
    await link.run(SET_TIME, [], [timeOf(now)])
    await inRedis.begin(1, [], [], atLeisure)
    const handed: Handed[] = []
    for (const step of steps) {
      now += step.pass
      await link.run(SET_TIME, [], [timeOf(now)])
      const wants = step.asked.map(({ place, wanted, least }): RateWant => {
        const { kind, rate } = placed[place] ?? { kind: 'rpm', rate: 3 }
        const most = kind === 'max_parallel' ? 3 : 2 * rate
        return { kind, rate, place: `${place}`, wanted: wanted % (most + 1), least: 1 + (least % most) }
      })
      const answered = await inRedis.ask(1, step.owner, wants)
      if (typeof answered === 'string') throw new Error(`Redis says ${answered}`)
      expect(answered.at).toBe(now)
      for (const [index, expected] of model.answer(ownerIn[step.owner] ?? 0, wants).entries()) {
        const want = wants[index] as RateWant
        const { packet, fullMs, remaining, resetMs } = answered.answers[index] ?? {}
        expect({ want, slots: packet?.slots, fullMs, remaining }).toEqual({
          want,
          slots: expected.packet?.slots,
          fullMs: expected.fullMs,
          remaining: expected.remaining,
        })
        // The model tells when the last stretch ends at the latest, Redis when it ends.
        expect(resetMs).toBeLessThanOrEqual(expected.resetMs)
        expect(resetMs).toBeGreaterThanOrEqual(expected.resetMs - rateCounting[want.kind].bucketMs)
        if (packet !== undefined) handed.push({ want, owner: step.owner, at: now, slots: packet.slots })
      }
      const one = step.told === undefined ? undefined : handed.at(-1 - step.told.which)
      if (one === undefined || step.told === undefined) continue
      const { kind, place, rate } = one.want
      if (kind === 'max_parallel') {
        const ended = Math.ceil(one.slots * Math.abs(step.told.part))
        await inRedis.tell(1, one.owner, [{ kind, place, ended }])
        model.hear(ownerIn[one.owner] ?? 0, [{ said: 'ended', place, ended }])
        continue
      }
      const by = Math.trunc(one.slots * step.told.part)
      if (by === 0) continue
      await inRedis.tell(1, one.owner, [{ kind, place, rate, at: one.at, by }])
      model.hear(ownerIn[one.owner] ?? 0, [{ said: 'corrected', want: one.want, at: one.at, by }])
    }
  }

  test('are handed out, handed back and told as the model in process does it, however time passes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), holdToModel), { numRuns: RUNS })
  })

  test.each([
    { what: 'was handed back whole runs out', place: 0, told: { which: 0, part: -1 } },
    { what: 'was counted in stretches and handed back runs out', place: 1, told: { which: 0, part: -1 } },
    { what: 'had ended already ends once more', place: 5, told: { which: 0, part: -1 } },
  ])('go on as in the model when what $what', async ({ place, told }) => {
    const step: Step = { pass: 0, owner: 'a', asked: [{ place, wanted: 1, least: 0 }], told }
    const none = { ...step, asked: [{ place, wanted: 0, least: 0 }] }
    await holdToModel([step, none, none, step, step, { ...step, pass: 70_000 }, { ...step, owner: 'b' }])
  })

  test('count nothing for an epoch that has not begun or is over, and keep what a later one has', async () => {
    const counter = countingRedis({ ...link, life: 'a', suspect() {}, run: link.run }).counter('epochs')
    const want: RateWant = { kind: 'rpm', place: 'p', rate: 1, wanted: 1, least: 1 }
    expect(await counter.ask(2, 'a', [want])).toBe('over')
    await counter.begin(2, [{ kind: 'rpm', place: 'p', rate: 1, ageMs: 1000, amount: 1 }], [], atLeisure)
    expect(await counter.ask(2, 'a', [want])).toMatchObject({ answers: [{ remaining: 0 }] })
    await counter.begin(1, [], [], atLeisure)
    expect(await counter.ask(1, 'a', [want])).toBe('over')
    expect(await counter.tell(1, 'a', [{ ...want, kind: 'rpm', at: 0, by: -1 }])).toBe(false)
    expect(await counter.ask(2, 'a', [want])).toMatchObject({ answers: [{ remaining: 0 }] })
  })
})

const RUNS = Number(process.env['SPEKA_MODEL_RUNS'] ?? 60)

/** Seconds and microseconds, as Redis tells the time. */
const timeOf = (ms: number): string => JSON.stringify([`${Math.floor(ms / 1000)}`, `${(ms % 1000) * 1000}`])
