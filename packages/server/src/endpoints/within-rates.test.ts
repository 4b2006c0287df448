import { createFakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { keyRecord } from '../store/__fixtures__/records.ts'
import type { CallLimits } from './key.ts'
import { withinRates } from './within-rates.ts'

const limit = (kind: string) => ({
  limit: { id: kind, subject: { kind: 'key', id: 'key_1' }, rule: { kind, amount: 1 } },
})

/** Limits by which a key has rates of those kinds, and what was taken of them. */
function limitsOf(kinds: readonly string[], refuses = false) {
  const taken: unknown[] = []
  const ended: unknown[] = []
  const limits = {
    book: { alwaysAppliedTo: () => ({ rates: kinds.map(limit), money: [] }) },
    rates: {
      known: (rates: readonly ReturnType<typeof limit>[]) =>
        rates.map((applied) => ({ applied, remaining: 4, resetMs: 1000 })),
      take(rates: readonly ReturnType<typeof limit>[], tokens: number) {
        taken.push(
          rates.map((rate) => rate.limit.rule.kind),
          tokens,
        )
        const standing = { applied: rates[0], remaining: 0, resetMs: 1000 }
        return refuses ? { standing, retryAfterMs: 1000 } : { standings: [], done: (used: number) => ended.push(used) }
      },
    },
  } as unknown as CallLimits
  return { limits, taken, ended }
}

const clock = createFakeClock()
const headers = new Map<string, unknown>()
const response = { headersSent: false, setHeader: headers.set.bind(headers) }
const exchange = { key: keyRecord(), response } as unknown as Parameters<typeof withinRates>[1]

test('what is done counts as a request, and as no tokens', async () => {
  const { limits, taken, ended } = limitsOf(['rpm', 'tpm', 'max_parallel'])
  await expect(withinRates(limits, exchange, clock, () => Promise.resolve('done'))).resolves.toBe('done')
  expect(taken).toEqual([['rpm', 'max_parallel'], 0])
  expect(ended).toEqual([0])
  expect(headers.get('x-ratelimit-remaining-requests')).toBe('4')
})

test('its place is free again when it fails', async () => {
  const { limits, ended } = limitsOf(['max_parallel'])
  await expect(withinRates(limits, exchange, clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(ended).toEqual([0])
})

test('beyond a rate nothing is done', async () => {
  const { limits } = limitsOf(['rpm'], true)
  let isDone = false
  const work = () => Promise.resolve((isDone = true))
  await expect(withinRates(limits, exchange, clock, work)).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
    status: 429,
  })
  expect(isDone).toBe(false)
})

test('a key without rates of requests takes nothing', async () => {
  const { limits, taken } = limitsOf(['tpm'])
  await withinRates(limits, exchange, clock, () => Promise.resolve())
  await withinRates(undefined, exchange, clock, () => Promise.resolve())
  expect(taken).toEqual([])
})
