import { exampleInvoice, exampleUsage } from './__fixtures__/example-invoice.ts'
import { renderText } from './render-text.ts'

const usage = [0, 1, 2, 12].map(exampleUsage)

test('says who, what is charged and paid, and usage by team, key and model', () => {
  expect(renderText(exampleInvoice(usage))).toBe(`Invoice of 2026-10

account  acc_example
seller   Acme Inference Ltd, 1 High Street Dublin 1, Ireland, tax id IE1234567FA
buyer    Beispiel GmbH, Hauptstraße 12 10115 Berlin, Germany
number   2026-000042
date     2026-11-02
hash     3f0b7c1e5a4d92886f10c2be7d4a905e1b6c3d2f8a97e04513c6b8d9f2a1e07c

charge                 detail                                                                amount in USD
Plan pro               2026-10-01 00:00 UTC until 2026-11-01 00:00 UTC; 99.00 a month         99.000000000
Usage                  by team, key and model below                                           12.442788864
Late usage of 2026-09  1,204 requests recorded after its invoice                               0.331204500
Adjustment of 2026-09  Repriced: input of moonshot/kimi-k2.6 was 0.29 (of usage)              -0.041200700
Allowance of the plan  150.00 included in this month                                          -5.000000000
Credit                 Welcome credit; 17.50 left; expires 2026-12-31 00:00 UTC               -2.500000000
Adjustment             Goodwill after the outage of 12 October (after allowance and credit)   -1.000000000
Sum of the lines                                                                             103.232792664
Rounding               to cents, half to even                                                 -0.002792664
Net                                                                                          103.230000000
Tax, Germany, 19 %     of 103.23                                                              19.610000000
Total                                                                                        122.840000000

team    key           model                       amount in USD
Search  production-0  deepseek/deepseek-v4-flash    7.524405414
Search  production-1  deepseek/deepseek-v4-flash    4.918383450
`)
})

test('a draft and a credit note are called what they are', () => {
  expect(renderText(exampleInvoice(usage, { state: 'draft' }))).toMatch(/^Draft invoice of 2026-10\n/)
  expect(renderText(exampleInvoice([], { kind: 'credit_note' }))).toMatch(/^Credit note of 2026-10\n/)
})

test('a name moves no cursor and begins no line', () => {
  const named = [{ ...exampleUsage(0), key: { id: 'key', name: 'a\u001b[2J\r\n\u202eb' } }]
  const text = renderText(
    exampleInvoice(named, { buyer: { name: 'x\u001b]0;y\u0007', address: null, country: null, tax_id: null } }),
  )
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(text).toContain('Search  a [2J b ')
})

test('without usage there is no table of it', () => {
  expect(renderText(exampleInvoice([]))).not.toContain('team')
})
