import fc from 'fast-check'
import { parseUsd, picoUsd } from '@speka/core'
import { adjustment, facts, grant, onPlan, usageOf } from './__fixtures__/facts.ts'
import { invoiceBody, type InvoiceBody } from './invoice-document.ts'
import { reckonInvoice } from './reckon-invoice.ts'
import { parseSignedUsd } from './signed-usd.ts'

const amounts = (body: InvoiceBody | undefined) => body?.lines.map((line) => `${line.kind} ${line.amount_usd}`)

describe('an invoice', () => {
  test('of a month in which nothing happened is none, also on a plan without a fee', () => {
    expect(reckonInvoice(facts())).toBeUndefined()
    expect(reckonInvoice(facts({ parts: onPlan('free') }))).toBeUndefined()
  })

  test('has the fee, the usage, and what allowance and credit pay for of it', () => {
    const body = reckonInvoice(
      facts({
        parts: onPlan('starter'),
        usage: [usageOf('30')],
        grants: [{ grant: grant('grant_1'), left: parseUsd('3') }],
      }),
    )
    expect(amounts(body)).toEqual(['fee 19', 'usage 30', 'allowance -25', 'credit -3'])
    expect(body).toMatchObject({
      kind: 'invoice',
      requests: 1,
      usage_usd: '30',
      net_exact_usd: '21',
      rounding_usd: '0',
      net_usd: '21',
      tax: [],
      total_usd: '21',
    })
    expect(body?.lines.at(-1)).toMatchObject({ grant: 'grant_1', left_usd: '0', note: null, expires_at: null })
  })

  test('on a plan that stops costs nothing, whatever its allowance pays for', () => {
    const body = reckonInvoice(facts({ parts: onPlan('free'), usage: [usageOf('0.75')] }))
    expect(amounts(body)).toEqual(['usage 0.75', 'allowance -0.75'])
    expect(body).toMatchObject({ kind: 'invoice', total_usd: '0' })
  })

  test('has late usage and corrections of usage as usage, and amounts beyond allowance and credit', () => {
    const body = reckonInvoice(
      facts({
        parts: onPlan('starter'),
        usage: [usageOf('20')],
        late: [{ month: '2026-10', requests: 4, charge: parseUsd('4') }],
        adjustments: [
          adjustment('adj_2', '-2', { createdAt: 2, about: '2026-09', reason: 'an outage' }),
          adjustment('adj_1', '3', { createdAt: 1, kind: 'usage' }),
        ],
      }),
    )
    expect(amounts(body)).toEqual([
      'fee 19',
      'usage 20',
      'late_usage 4',
      'adjustment 3',
      'adjustment -2',
      'allowance -25',
    ])
    expect(body).toMatchObject({ usage_usd: '27', net_exact_usd: '19' })
    expect(body?.lines[4]).toMatchObject({ of: 'amount', about: '2026-09', reason: 'an outage' })
  })

  test('has adjustments of one moment in the order of their ids, however they are read', () => {
    const all = ['adj_1', 'adj_2', 'adj_3'].map((id, index) => adjustment(id, `-${index + 1}`, { createdAt: 7 }))
    for (const adjustments of [all, all.toReversed(), [all[1]!, all[0]!, all[2]!]])
      expect(amounts(reckonInvoice(facts({ usage: [usageOf('20')], adjustments })))).toEqual([
        'usage 20',
        'adjustment -1',
        'adjustment -2',
        'adjustment -3',
      ])
  })

  test('shows what rounding does, and has tax on the rounded net', () => {
    const taxes = [{ country: 'DE', rate: '19', reverseCharge: false }]
    const account = { ...facts().account, buyer: { country: 'DE', name: 'Acme GmbH' } }
    const body = reckonInvoice(facts({ account, usage: [usageOf('1.005')], terms: { seller: { name: 'S' }, taxes } }))
    expect(body).toMatchObject({
      net_exact_usd: '1.005',
      rounding_usd: '-0.005',
      net_usd: '1',
      tax: [{ country: 'DE', rate_percent: '19', reverse_charge: false, net_usd: '1', tax_usd: '0.19' }],
      total_usd: '1.19',
      seller: { name: 'S', address: null, country: null, tax_id: null },
      buyer: { name: 'Acme GmbH', address: null, country: 'DE', tax_id: null },
    })
  })

  test('below zero is a credit note', () => {
    expect(reckonInvoice(facts({ adjustments: [adjustment('adj_1', '-5')] }))).toMatchObject({
      kind: 'credit_note',
      total_usd: '-5',
    })
    // Usage that is below zero is nothing that credit could pay for.
    const grants = [{ grant: grant('grant_1'), left: parseUsd('3') }]
    const late = [{ month: '2026-10', requests: -1, charge: picoUsd(-parseUsd('2')) }]
    expect(amounts(reckonInvoice(facts({ late, grants, usage: [usageOf('0.5')] })))).toEqual([
      'usage 0.5',
      'late_usage -2',
    ])
  })
})

const usd = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n })
const positive = fc.bigInt({ min: 0n, max: 10n ** 14n })

test('whatever it is made of: lines add up exactly, only cents are paid, and the shape is the one promised', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('none', 'free', 'starter', 'pro', 'scale'),
      fc.array(positive, { maxLength: 4 }),
      fc.array(usd, { maxLength: 3 }),
      fc.array(fc.record({ amount: usd, kind: fc.constantFrom('usage' as const, 'amount' as const) }), {
        maxLength: 3,
      }),
      fc.array(positive, { maxLength: 3 }),
      (plan, charges, late, adjusted, grants) => {
        const given = facts({
          parts: onPlan(plan),
          usage: charges.map((charge) => usageOf('0', { charge: picoUsd(charge) })),
          late: late.map((charge) => ({ month: '2026-10', requests: 1, charge: picoUsd(charge) })),
          adjustments: adjusted.map(({ amount, kind }, index) => adjustment(`adj_${index}`, textOf(amount), { kind })),
          grants: grants.map((left, index) => ({ grant: grant(`grant_${index}`), left: picoUsd(left) })),
        })
        const body = reckonInvoice(given)
        if (body === undefined) return
        expect(invoiceBody.parse(body)).toEqual(body)
        const exact = sum(body.lines.map((line) => line.amount_usd))
        expect(parseSignedUsd(body.net_exact_usd)).toBe(exact)
        expect(exact + parseSignedUsd(body.rounding_usd)).toBe(parseSignedUsd(body.net_usd))
        expect(parseSignedUsd(body.net_usd) % 10n ** 10n).toBe(0n)
        expect(body.kind).toBe(parseSignedUsd(body.total_usd) < 0n ? 'credit_note' : 'invoice')
        // What pays for usage pays for no more than there is, and never for less than nothing.
        const usage = parseSignedUsd(body.usage_usd)
        const paid = -sum(body.lines.flatMap((line) => (isPaying(line.kind) ? [line.amount_usd] : [])))
        expect(paid >= 0n && paid <= (usage > 0n ? usage : 0n)).toBe(true)
      },
    ),
  )
})

const isPaying = (kind: string): boolean => kind === 'allowance' || kind === 'credit'
const sum = (texts: readonly string[]): bigint => texts.reduce((total, text) => total + parseSignedUsd(text), 0n)

/** Exactly, by hand. */
const textOf = (pico: bigint): string => {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(13, '0')
  return `${pico < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`
}
