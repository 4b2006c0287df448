import { parseUsd, picoUsd } from '@speka/core'
import { exampleInvoice, exampleUsage, otherLines } from './__fixtures__/example-invoice.ts'
import { billedBefore, type BilledInvoice } from './billed-before.ts'
import type { InvoiceLine } from './invoice-document.ts'

const invoice = (month: string, requests: number, lines: readonly InvoiceLine[]): BilledInvoice => {
  const {
    state: _state,
    number: _number,
    issued_at: _at,
    hash: _hash,
    previous_hash: _previous,
    ...body
  } = exampleInvoice([], { month, requests, lines: [...lines] })
  return { number: month, month, body: JSON.stringify(body) }
}

const usage = (usd: string): InvoiceLine => ({ ...exampleUsage(0), amount_usd: usd })
const late = (month: string, requests: number, usd: string): InvoiceLine => ({
  kind: 'late_usage',
  month,
  requests,
  amount_usd: usd,
})
const credit = (grant: string, usd: string): InvoiceLine => ({ ...otherLines.credit, grant, amount_usd: usd })

test('a month has been charged what its own invoice has of usage, and what later ones have of it, with their requests', () => {
  const { months } = billedBefore([
    invoice('2026-09', 7, [usage('2'), usage('0.5'), otherLines.allowance]),
    invoice('2026-10', 5, [usage('3'), late('2026-09', 2, '0.25'), late('2026-08', 4, '1')]),
    invoice('2026-11', 0, [late('2026-09', -1, '-0.125')]),
  ])
  expect(Object.fromEntries(months)).toEqual({
    '2026-08': { month: '2026-08', requests: 4, charge: parseUsd('1') },
    '2026-09': { month: '2026-09', requests: 8, charge: parseUsd('2.625') },
    '2026-10': { month: '2026-10', requests: 5, charge: parseUsd('3') },
    '2026-11': { month: '2026-11', requests: 0, charge: picoUsd(0n) },
  })
})

test('of a grant is spent what all invoices have paid by it, and an adjustment is on the invoice that it stands on', () => {
  const { ofGrants, adjustments } = billedBefore([
    invoice('2026-09', 7, [usage('5'), credit('one', '-2'), credit('two', '-3')]),
    invoice('2026-10', 7, [credit('one', '-1.5'), otherLines.amountAdjustment]),
  ])
  expect(Object.fromEntries(ofGrants)).toEqual({ one: parseUsd('3.5'), two: parseUsd('3') })
  expect([...adjustments]).toEqual(['adj_02'])
})

test('without invoices nothing has been charged', () => {
  expect(billedBefore([])).toEqual({ months: new Map(), ofGrants: new Map(), adjustments: new Set() })
})
