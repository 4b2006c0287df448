import type { Price, UsageRecord } from '@speka/core'
import { costOf } from '@speka/core/internal'
import fc from 'fast-check'
import { pico, usageRecord } from './usage-record.ts'

/** A name longer than what an index takes, or a page. */
export const LONG = 'x'.repeat(10_000)
/** When records of {@link anyRecord} came, give or take thirty hours. */
export const NOON = Date.UTC(2026, 2, 14, 12)
export const HOUR_MS = 3_600_000

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    'Zoë',
    '李🐢',
    '=1+1',
    "'; DROP TABLE place; --",
    'line\nbreak',
    '\u0000',
    '\u202Eright',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constant(LONG),
)
const count = fc.option(fc.nat({ max: 1e9 }), { nil: undefined })
const amount = fc.option(
  fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  { nil: undefined },
)

/** A record of whatever can happen, of three accounts and around one day. */
export const anyRecord: fc.Arbitrary<UsageRecord> = fc
  .record({
    // Clocks jump back, and a request may come at the end of one hour and be written in the next.
    createdAt: fc.integer({ min: NOON - 30 * HOUR_MS, max: NOON + 30 * HOUR_MS }),
    account: fc.constantFrom('default', 'acct_A', 'acct_李'),
    keyId: fc.constantFrom(undefined, 'key_A', 'key_B', 'key_C'),
    customer: fc.option(name, { nil: undefined }),
    session: fc.option(name, { nil: undefined }),
    model: fc.option(name, { nil: undefined }),
    provider: fc.option(name, { nil: undefined }),
    upstreamId: fc.option(name, { nil: undefined }),
    outcome: fc.constantFrom('complete', 'failed', 'interrupted', 'cancelled'),
    charge: amount,
    cost: amount,
    price: fc.constantFrom(
      undefined,
      { input: pico(270_000n), output: pico(1_100_000n), source: 'config' },
      {
        input: pico(3n),
        cachedInput: pico(1n),
        output: pico(5n),
        second: pico(7n),
        source: 'published',
        asOf: '2026-03',
      },
    ),
    isByPrice: fc.boolean(),
    usage: fc.record({
      inputTokens: count,
      cachedInputTokens: count,
      outputTokens: count,
      images: count,
      seconds: count,
    }),
  })
  .map(({ cost, isByPrice, ...fields }) => {
    if (isByPrice && fields.price !== undefined) fields.charge = costOf(fields.usage, fields.price as Price)
    const attempts = usageRecord().attempts.map((attempt) => ({ ...attempt, cost: cost && pico(cost) }))
    return usageRecord({ ...fields, attempts } as Parameters<typeof usageRecord>[0])
  })
