import { billingOf } from './billing-schema.ts'
import { parseConfig } from './read-config-file.ts'

/** The first problem of a configuration with this section; `undefined`: there is none. */
function problemOf(billing: unknown): string | undefined {
  try {
    parseConfig(JSON.stringify({ billing }), 'speka.json', {})
    return undefined
  } catch (error) {
    return String((error as Error).message)
  }
}

const seller = { name: 'Acme Inference Ltd' }
const taxed = (...tax: unknown[]): unknown => ({ seller, tax })

test.each([
  { billing: { seller } },
  { billing: { seller: { ...seller, address: '1 High Street\nDublin', country: 'IE', tax_id: 'IE1234567FA' } } },
  { billing: taxed({ country: 'DE', rate: '19', reverse_charge: true }, { country: 'CH', rate: '8.1' }) },
  { billing: taxed({ country: 'US', rate: '0' }, { country: 'CA', rate: '14.9750' }, { country: 'NO', rate: '100' }) },
  { billing: { seller, currency: 'USD', grace_days: 0 } },
])('takes what may be said: $#', ({ billing }) => {
  expect(problemOf(billing)).toBeUndefined()
})

test.each([
  { billing: {}, says: 'billing.seller: must be' },
  { billing: { seller: {} }, says: 'billing.seller.name: must be' },
  { billing: { seller: { name: '  ' } }, says: 'billing.seller.name: ' },
  { billing: { seller: { ...seller, vat: 'x' } }, says: 'billing.seller.vat: is not a known field' },
  { billing: { seller: { ...seller, country: 'Germany' } }, says: 'billing.seller.country: must be a country as ISO' },
  { billing: { seller: { ...seller, country: 'de' } }, says: 'in two capital letters' },
  { billing: taxed({ country: 'XX', rate: '19' }), says: 'billing.tax[0].country: must be a country as ISO 3166-1' },
  { billing: taxed({ rate: '19' }), says: 'billing.tax[0].country: ' },
  { billing: taxed({ country: 'DE' }), says: 'billing.tax[0].rate: must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: 19 }), says: 'billing.tax[0].rate: must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '19%' }), says: 'must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '-1' }), says: 'must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '100.0001' }), says: 'must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '101' }), says: 'must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '8.12345' }), says: 'at most four decimals' },
  { billing: taxed({ country: 'DE', rate: '8,1' }), says: 'must be a decimal string of percent' },
  { billing: taxed({ country: 'DE', rate: '1e1' }), says: 'must be a decimal string of percent' },
  {
    billing: taxed({ country: 'DE', rate: '19' }, { country: 'CH', rate: '8.1' }, { country: 'DE', rate: '7' }),
    says: 'billing.tax[2].country: has a rate already, tax[0]',
  },
  { billing: { seller, currency: 'EUR' }, says: 'billing.currency: is EUR, and prices and invoices are in US dollars' },
  { billing: { seller, currency: 978 }, says: 'billing.currency: must be USD, or left out' },
  { billing: { seller, grace_days: 1.5 }, says: 'billing.grace_days: must be a whole number of days' },
  { billing: { seller, grace_days: -1 }, says: 'billing.grace_days: must be a whole number of days, from 0 to 365' },
])('$#: $says', ({ billing, says }) => {
  expect(problemOf(billing)).toContain(says)
})

test('what is left out has its usual value', () => {
  expect(billingOf({ seller, tax: [{ country: 'DE', rate: '19' }] })).toEqual({
    seller: { name: 'Acme Inference Ltd', address: undefined, country: undefined, taxId: undefined },
    taxes: [{ country: 'DE', rate: '19', reverseCharge: false }],
    graceDays: 7,
    stripe: undefined,
  })
})
