import { picoUsd, parseUsd } from '../money.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { LimitWindow, RateKind, Subject } from './limit.ts'
import { moneyLimit } from './limits.fake.ts'
import { rateRefused } from './rate-refused.ts'
import { budgetRefusal, unknownLeft, unpriced } from './refusals.ts'
import { budgetAt } from './window.ts'

const NOON = Date.UTC(2026, 10, 29, 12)
const usd = (text: string) => picoUsd(parseUsd(text))

const refusedBy = (window: LimitWindow, subject: Subject) =>
  budgetRefusal(
    budgetAt(moneyLimit({ usd: '5', window, subject }), NOON),
    { left: usd('0.01'), held: usd('0.25') },
    usd('0.5'),
    NOON,
  )

const key: Subject = { kind: 'key', id: 'key_1', account: 'default' }

test.each<{ window: LimitWindow; subject: Subject; begins: string; ends: string }>([
  {
    window: 'day',
    subject: key,
    begins: 'The daily limit of 5 USD for this key has 0.01 USD left',
    ends: 'A new day begins at 2026-11-30T00:00:00.000Z.',
  },
  {
    window: 'week',
    subject: { kind: 'customer', account: 'default' },
    begins: 'The weekly limit of 5 USD for each customer has 0.01 USD left',
    ends: 'A new week begins at 2026-11-30T00:00:00.000Z.',
  },
  {
    window: 'month',
    subject: { kind: 'team', id: 'research', account: 'default' },
    begins: 'The monthly limit of 5 USD for the team research has 0.01 USD left',
    ends: 'A new month begins at 2026-12-01T00:00:00.000Z.',
  },
  {
    window: 'lifetime',
    subject: { kind: 'account', account: 'default' },
    begins: 'The lifetime limit of 5 USD for this account has 0.01 USD left',
    ends: 'It covers all that is ever spent, so waiting does not help.',
  },
])('a budget of a $window says how much is left, until when, and what to do', ({ window, subject, begins, ends }) => {
  const { message, limit } = refusedBy(window, subject)
  expect(message).toBe(
    `${begins}, and this request may cost up to 0.5 USD: 4.74 USD are spent and 0.25 USD are set aside for requests ` +
      `under way. ${ends} Shorten the prompt, lower max_tokens, or ask whoever set the limit to raise it.`,
  )
  expect(limit).toMatchObject({ spent: '4.74', held: '0.25' })
})

test.each<[LimitWindow, number, number | undefined]>([
  ['day', NOON, 43_200_000],
  ['day', NOON + 50_000_000, 0],
  ['lifetime', NOON, undefined],
])('money is there again when its window ends: of a %s, at %p', (window, now, retryAfterMs) => {
  const left = { left: usd('0'), held: usd('0') }
  const error = budgetRefusal(budgetAt(moneyLimit({ usd: '5', window }), NOON), left, usd('0.5'), now)
  expect(error.retryAfterMs).toBe(retryAfterMs)
})

test('a budget of which more is spent than it is has nothing left, and not less', () => {
  const overspent = { left: picoUsd(-500_000_000_000n), held: usd('0.25') }
  const error = budgetRefusal(budgetAt(moneyLimit({ usd: '5', window: 'day' }), NOON), overspent, usd('0.5'), NOON)
  expect(error.message).toContain('has 0 USD left')
  expect(error.limit).toMatchObject({ spent: '5.25', held: '0.25' })
})

test('what cannot be known names the limit, and how long to wait', () => {
  const error = unknownLeft(budgetAt(moneyLimit({ usd: '5', window: 'month' }), NOON))
  expect(error).toMatchObject({ code: 'limit_unavailable', retryAfterMs: 1000 })
  expect(error.message).toBe(
    'How much is left of the monthly limit for this key cannot be known at the moment: another process of this gateway ' +
      'holds some of it and does not answer. Try again in a second.',
  )
})

test('of a plan beside which credit counts it is the credit that is not known yet', () => {
  const budget = budgetAt(moneyLimit({ usd: '5', window: 'month' }), NOON)
  const limit = { ...budget.applied.limit, mayBeMore: true as const }
  const { message } = unknownLeft({ ...budget, applied: { ...budget.applied, limit } })
  expect(message).toContain('the credit beside it is being added up')
})

test('a model without a price is named to its caller, who may not be able to give it one', () => {
  expect(unpriced('acme/free').param).toBe('model')
  expect(unpriced('acme/free').message).toBe(
    'The model "acme/free" has no price, so what it costs cannot be kept within the limit on money of this key. Ask for a model that has one; whoever runs the gateway can give it one, under models."acme/free".price in the configuration.',
  )
})

const rated = (kind: RateKind, amount: number, remaining: number, retryAfterMs: number, resetMs = 60_000) =>
  rateRefused(
    {
      standing: {
        applied: { ...moneyLimit({ usd: '0' }), limit: { ...moneyLimit({ usd: '0' }).limit, rule: { kind, amount } } },
        remaining,
        resetMs,
      },
      retryAfterMs,
    },
    createFakeClock(),
  )

test.each<{ of: string; error: ReturnType<typeof rated>; message: string; used: object }>([
  {
    of: 'requests a minute',
    error: rated('rpm', 1, 0, 1500),
    message: 'The limit of 1 request a minute for this key is reached. Try again in 2 s.',
    used: { spent: '1', held: '0' },
  },
  {
    of: 'requests a day',
    error: rated('rpd', 500, 0, 60_000),
    message: 'The limit of 500 requests in 24 hours for this key is reached. Try again in 60 s.',
    used: { spent: '500', held: '0' },
  },
  {
    of: 'what is under way at once, which is set aside and not spent',
    error: rated('max_parallel', 2, 0, 1000),
    message:
      'The limit of 2 requests at the same time for this key is reached. Wait until one of them ends, or try again in 1 s.',
    used: { spent: '0', held: '2', resets_at: null },
  },
  {
    of: 'tokens, of one request that is too large for any minute',
    error: rated('tpm', 100, 40, Infinity),
    message:
      'The limit of 100 tokens a minute for this key is less than this one request may use. Lower max_tokens, or shorten the prompt.',
    used: { spent: '60', held: '0' },
  },
  {
    of: 'tokens, of which none is used yet',
    error: rated('tpm', 100, 100, Infinity),
    message:
      'The limit of 100 tokens a minute for this key is less than this one request may use. Lower max_tokens, or shorten the prompt.',
    used: { spent: '0', held: '0' },
  },
])('a rate of $of is told in words, with what is used of it', ({ error, message, used }) => {
  expect(error.message).toBe(message)
  expect(error.limit).toMatchObject(used)
})

test('who is told to come back is not told so a moment too early', () => {
  const error = rated('rpm', 60, 0, 2001.5, 59_999.5)
  expect(error.retryAfterMs).toBe(2002)
  expect(error.message).toContain('Try again in 3 s.')
  expect(error.limit?.resets_at).toBe('2026-01-01T00:01:00.000Z')
})
