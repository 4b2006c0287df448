import { exampleInvoice, exampleUsage, otherLines } from './__fixtures__/example-invoice.ts'
import { renderHtml } from './render-html.ts'

const usage = [0, 1, 2].map(exampleUsage)

/** What a reader sees, in order: text without tags and style. */
const textOf = (page: string): string =>
  page
    .replace(/<style>[^]*?<\/style>/, '')
    .replaceAll(/<(?:span|\/span)[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll(/\n\s*/g, '\n')

test('has who sells, who buys, number, month and date', () => {
  const text = textOf(renderHtml(exampleInvoice(usage)))
  for (const said of [
    'Invoice',
    '2026-000042',
    '2026-10, UTC',
    '2026-11-02',
    'Acme Inference Ltd',
    '1 High Street\nDublin 1',
    'Ireland',
    'Tax id IE1234567FA',
    'Beispiel GmbH',
    'Germany',
  ])
    expect(text).toContain(said)
})

test('a line of usage has its quantity, price, source and exact amount', () => {
  const page = renderHtml(exampleInvoice(usage))
  expect(textOf(page)).toContain('input\n18,204,511\n0.27 per 1M\ncatalog, 2026-10\n4.91521797\n')
  expect(textOf(page)).toContain(
    'output\n2,312,047\n1.10 per 1M\ncatalog, 2026-10; above_input_tokens: 200000\n2.5432517\n',
  )
})

test('usage stands by team, key and model, each with what it comes to', () => {
  const text = textOf(renderHtml(exampleInvoice(Array.from({ length: 60 }, (_, index) => exampleUsage(index)))))
  expect([...text.matchAll(/^Team: .*$/gm)].map(([line]) => line)).toEqual(['Team: Search', 'Team: Support'])
  expect([...text.matchAll(/^Key: .*$/gm)]).toHaveLength(5)
  expect(text).toContain('Key: production-0\n30.121995852\ndeepseek/deepseek-v4-flash\n7.524405414\ninput\n')
})

test('an account without teams has no headings of teams', () => {
  expect(renderHtml(exampleInvoice(usage.map((line) => ({ ...line, team: null }))))).not.toContain('class="team"')
})

test('every other line says what it is and what it is about', () => {
  const text = textOf(renderHtml(exampleInvoice(usage)))
  for (const said of [
    'Plan pro\n2026-10-01 00:00 UTC until 2026-11-01 00:00 UTC; 99.00 a month\n99.00\n',
    'Late usage of 2026-09\n1,204 requests recorded after its invoice\n0.3312045\n',
    `Adjustment of 2026-09\n${otherLines.usageAdjustment.reason} (of usage)\n−0.0412007\n`,
    'Allowance of the plan\n150.00 included in this month\n−5.00\n',
    'Credit\nWelcome credit; 17.50 left; expires 2026-12-31 00:00 UTC\n−2.50\n',
    `Adjustment\n${otherLines.amountAdjustment.reason} (after allowance and credit)\n−1.00\n`,
  ])
    expect(text).toContain(said)
})

test('the sum, its rounding, tax and total stand below each other', () => {
  const invoice = exampleInvoice(usage)
  expect(textOf(renderHtml(invoice))).toContain(
    'Sum of the lines\n98.314409214\nRounding to cents, half to even\n−0.004409214\nNet\n98.31\nTax, Germany, 19 %\nof 98.31\n18.67\nTotal, USD\n116.98\n',
  )
})

test('reverse charge is said', () => {
  const tax = [{ country: 'DE', rate_percent: '19', reverse_charge: true, net_usd: '98.31', tax_usd: '0' }]
  expect(textOf(renderHtml(exampleInvoice(usage, { tax })))).toContain('Reverse charge: the buyer owes this tax')
})

test('a draft is marked on the screen and on each page, and an invoice is not', () => {
  const draft = { state: 'draft', number: null, issued_at: null, hash: null, previous_hash: null } as const
  const page = renderHtml(exampleInvoice(usage, draft))
  expect(textOf(page)).toContain('DRAFT\n: this is no invoice yet')
  expect(page).toContain('<div class="mark" aria-hidden="true">DRAFT</div>')
  expect(page).not.toContain('SHA-256')
  expect(renderHtml(exampleInvoice(usage))).not.toContain('DRAFT')
})

test('a total below zero is a credit note', () => {
  const text = textOf(renderHtml(exampleInvoice([], { kind: 'credit_note', total_usd: '-4.20' })))
  expect(text).toContain('Credit note')
  expect(text).toContain('Total, USD\n−4.20')
})

test('its hash and that of the invoice before it are at the foot', () => {
  const invoice = exampleInvoice(usage)
  const foot = renderHtml(invoice).split('<footer>')[1]
  expect(foot).toContain(invoice.hash)
  expect(foot).toContain(invoice.previous_hash)
})

const canary = `</style><script>alert("1")</script><img src=x onerror='x'>&amp;"\\`

test('whatever somebody has written is text, wherever it stands', () => {
  const named = { id: canary, name: canary }
  const party = { name: canary, address: canary, country: canary, tax_id: canary }
  const { fee, late, usageAdjustment, credit } = otherLines
  const page = renderHtml(
    exampleInvoice([], {
      account: canary,
      month: canary,
      number: canary,
      issued_at: canary,
      hash: canary,
      previous_hash: canary,
      seller: party,
      buyer: party,
      lines: [
        { ...fee, plan: canary, from: canary, until: canary },
        { ...exampleUsage(0), team: named, key: named, model: canary, unit: canary, price_source: canary },
        { ...exampleUsage(1), price_as_of: canary, price_condition: canary },
        { ...late, month: canary },
        { ...usageAdjustment, about: canary, reason: canary },
        { ...credit, note: canary, expires_at: canary },
        { ...credit, note: null, grant: canary },
      ],
      tax: [{ country: canary, rate_percent: canary, reverse_charge: false, net_usd: '1', tax_usd: '0' }],
    }),
  )
  expect(page.match(/<\/style>/g)).toHaveLength(1)
  expect(page).not.toMatch(/<script|<img|onerror='|&amp;"/)
})

test('nothing is fetched or run', () => {
  const page = renderHtml(exampleInvoice(usage))
  expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'`)
  expect(page).not.toMatch(/<script|<link|<img|url\(|@import|https?:/)
})

test('amounts leave room for as many digits as the longest has', () => {
  const exact = { ...exampleUsage(0), amount_usd: '1.000000000001' }
  expect(renderHtml(exampleInvoice([exact]))).toContain('--fine: 10')
  expect(renderHtml(exampleInvoice([exact]))).toContain('1.00<span class="fine">0000000001</span>')
})
