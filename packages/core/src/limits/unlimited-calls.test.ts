import type { Layer } from '../engine.ts'
import { ask } from '../front/ask.fake.ts'
import type { Call } from '../operations/call.ts'
import type { EngineLimits } from './limit-layers.ts'
import { moneyLimit, limitedBy } from './limits.fake.ts'
import type { Admission } from './admission.ts'

const refusesAll: Admission = {
  idle: () => undefined,
  admit: ({ budgets: [budget] }) => {
    if (budget === undefined) throw new Error('asked for nothing')
    return { kind: 'unknown', budget }
  },
} as Partial<Admission> as Admission

/** Limits on money for some calls, and of how many it was asked. */
function limitsOf(isLimited: (call: Call) => boolean): { readonly limits: EngineLimits; readonly asked: Call[] } {
  const asked: Call[] = []
  const all = limitedBy([moneyLimit({ usd: '1' })], refusesAll)
  const book: EngineLimits['book'] = {
    appliedTo(call) {
      asked.push(call)
      return isLimited(call) ? all.book.appliedTo(call) : undefined
    },
  }
  return { limits: { ...all, book }, asked }
}

const isForB = ({ outline }: Call): boolean => outline.model === 'b'

const toB: Layer = (next) => ({
  start: (call, sink) => next.start({ ...call, outline: { ...call.outline, model: 'b' } } as Call, sink),
})

test('which limits apply to a call that none applies to is asked once', () => {
  const { limits, asked } = limitsOf(() => false)
  expect(() => ask([], { limits })).not.toThrow()
  expect(asked).toHaveLength(1)
})

test('a layer that changes a call has it looked at again: limits apply to what it has become', async () => {
  const { limits, asked } = limitsOf(isForB)
  const told = ask([], { limits, layers: [toB] })
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked.some(isForB)).toBe(true)
  expect(told.error?.code).toBe('limit_unavailable')
})
