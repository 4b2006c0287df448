import fc from 'fast-check'
import { formatUsd, picoUsd } from '@speka/core'
import { creditNoteOf, invoiceBodyOf } from './__fixtures__/invoices.ts'
import { centsOf, collectedItems } from './collected-items.ts'

const linesOf = (...args: Parameters<typeof invoiceBodyOf>) =>
  collectedItems(invoiceBodyOf(...args)).map(({ description, cents }) => [description, cents])

test('an invoice is a line of each kind in cents, with rounding and tax, and their sum is its total', () => {
  expect(linesOf('acc_1')).toEqual([
    ['Plan starter', 1900],
    ['Usage', 3241],
    ['Allowance of the plan', -2500],
    ['Rounding', -1],
    ['Tax DE 19 %', 502],
  ])
})

test('a credit note is below zero', () => {
  expect(collectedItems(creditNoteOf('acc_1'))).toEqual([
    { key: 'Adjustments', description: 'Adjustments', cents: -450 },
  ])
})

test('each plan of a month has its line, and nothing has a line of nothing', () => {
  const fee = { kind: 'fee', from: '', until: '', monthly_usd: '1' } as const
  const lines = linesOf('acc_1', {
    lines: [
      { ...fee, plan: 'pro', amount_usd: '1.004' },
      { ...fee, plan: 'starter', amount_usd: '2' },
      { ...fee, plan: 'pro', amount_usd: '1' },
      { ...fee, plan: 'free', amount_usd: '0' },
    ],
    net_usd: '4',
    tax: [],
    total_usd: '4',
  })
  expect(lines).toEqual([
    ['Plan pro', 200],
    ['Plan starter', 200],
  ])
})

const usd = (cents: number): string => formatUsd(picoUsd(BigInt(cents) * 10_000_000_000n))

test('whatever the lines are, the items add up to the total', () => {
  const pico = fc.bigInt({ min: -9_000_000_000_000_000n, max: 9_000_000_000_000_000n })
  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 })
  fc.assert(
    fc.property(fc.array(pico, { maxLength: 9 }), cents, cents, (amounts, net, tax) => {
      const lines = amounts.map((amount, n) => ({
        kind: 'fee' as const,
        plan: `p${n % 4}`,
        from: '',
        until: '',
        monthly_usd: '0',
        amount_usd: formatUsd(picoUsd(amount)),
      }))
      const taxes = { country: 'DE', rate_percent: '19', reverse_charge: false, net_usd: usd(net), tax_usd: usd(tax) }
      const items = collectedItems(invoiceBodyOf('acc_1', { lines, net_usd: usd(net), tax: [taxes] }))
      expect(items.reduce((sum, item) => sum + item.cents, 0)).toBe(net + tax)
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length)
    }),
  )
})

test('an amount that is not in whole cents is none to be collected', () => {
  expect(centsOf('-4.5')).toBe(-450)
  expect(() => centsOf('0.001')).toThrow('0.001 is not in whole cents')
})
