import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import { plans } from '@speka/core/internal'
import { facts, grant, MONTH, usageOf } from '../packages/server/src/billing/__fixtures__/facts.ts'
import { partsOfMonth } from '../packages/server/src/billing/plan-parts.ts'
import { planVersions } from '../packages/server/src/billing/plan-versions.ts'
import { reckonInvoice } from '../packages/server/src/billing/reckon-invoice.ts'

const docs = join(resolve(import.meta.dirname, '..'), 'docs')
const page = readFileSync(join(docs, 'billing.md'), 'utf8')

/** The cells of the table in a section, without its head. */
function tableIn(title: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${title}\n`)) ?? ''
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

test('the example in numbers is the invoice that is reckoned', () => {
  const account = {
    ...facts().account,
    buyer: { name: 'Acme GmbH', country: 'DE' },
    plans: [
      { plan: 'starter', from: 0 },
      { plan: 'pro', from: Date.UTC(2026, 10, 11) },
    ],
  }
  const invoice = reckonInvoice(
    facts({
      account,
      parts: partsOfMonth(account, MONTH, planVersions(new Map(plans.map((plan) => [plan.id, plan])))),
      usage: [usageOf('120.4567')],
      grants: [{ grant: grant('credit'), left: parseUsd('10') }],
      terms: { seller: { name: 'Seller' }, taxes: [{ country: 'DE', rate: '19', reverseCharge: false }] },
    }),
  )
  expect(tableIn('An example in numbers').map(([, usd = '']) => usd.replace('−', '-'))).toEqual([
    ...(invoice?.lines ?? []).map((line) => line.amount_usd),
    invoice?.net_exact_usd,
    invoice?.rounding_usd,
    invoice?.net_usd,
    invoice?.tax[0]?.tax_usd,
    invoice?.total_usd,
  ])
  const unpaid = parseUsd('120.4567') - parseUsd('108.333333333333')
  expect(page).toContain(`of the ${formatUsd(picoUsd(unpaid))} that are left`)
})

test('each row of who pays names a test that is there', () => {
  const rows = tableIn('Who pays when it breaks')
  expect(rows.length).toBeGreaterThan(10)
  const missing = rows.filter(([, , proof = '']) => {
    const path = /\]\(([^)]+\.(?:test\.ts|md))\)/.exec(proof)?.[1]
    return path === undefined || !existsSync(join(docs, path))
  })
  expect(missing).toEqual([])
})
